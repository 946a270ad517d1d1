using GpuGeek.Contracts.Runs;
using GpuGeek.EndToEnd.Tests.Processes;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.Recipes;

namespace GpuGeek.EndToEnd.Tests.Serving;

/// <summary>A run's predictions for its test pictures equal those of the hosted model.</summary>
[Collection(ShapesScenarios.Name)]
public sealed class TheTestAndTheEndpointAgree(ShapesPlatform shapes, ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_large_turned_panoramic_and_upright_pictures()
    {
        var account = shapes.Account;
        var dataset = await account.Api.CreateDatasetAsync(account.Org, new() { Project = shapes.Project, Name = "camera" }, Cancel);
        var import = await account.ImportedAsync(
            dataset.Id,
            await account.Api.UploadAsync(account.Org, dataset.Id, "camera.zip", new MemoryStream(CameraPictures.Zip()), Cancel)
        );
        Assert.Equal((40, 0), (import.Accepted, import.Skipped));
        var version = await account.Api.CreateVersionAsync(account.Org, dataset.Id, new() { Split = new(0.4, 0.1, 0.5) }, Cancel);
        var small = Account.Small(epochs: 1, inputSize: 64);
        await AgreesAsync(dataset.Id, await RunAsync(small, version.Id), "camera");
        var whole = small.With("preprocessing.resize", PreprocessingSettings.Pad).With("preprocessing.padColor", "#3070b0");
        await AgreesAsync(dataset.Id, await RunAsync(whole.With("preprocessing.grayscale", true), version.Id), "whole");
        await AgreesAsync(
            dataset.Id,
            await RunAsync(small.With("preprocessing.resize", PreprocessingSettings.Squash), version.Id),
            "squashed"
        );
    }

    private async Task<RunResponse> RunAsync(PartialRecipe recipe, Guid version) =>
        await shapes.Account.SucceededAsync((await shapes.Account.StartAsync(shapes.Project, version, recipe)).Id);

    private async Task AgreesAsync(Guid dataset, RunResponse run, string deployment)
    {
        var account = shapes.Account;
        var model = run.Result!.ModelVersion;
        await account.LiveAsync(shapes.Project, deployment, model);
        using var http = account.Platform.Http(account.Token);
        var tested = (await account.Api.ListTestPredictionsAsync(account.Org, model.Model, model.Version, 200, ct: Cancel)).Items;
        Assert.Equal(20, tested.Count);
        var largest = 0.0;
        foreach (var test in tested)
        {
            var image = await account.Api.GetImageAsync(account.Org, dataset, test.Image!.Value, Cancel);
            var answer = await account.Api.PredictAsync(
                account.Org,
                deployment,
                await http.GetByteArrayAsync(image.Content, Cancel),
                ct: Cancel
            );
            foreach (var (label, expected) in run.Result.Classes.Zip(test.Probabilities, (l, p) => (l, p)))
                largest = Math.Max(largest, Math.Abs(answer.Classes.Single(c => c.Label == label).Probability - expected));
        }
        output.WriteLine($"{deployment}: largest difference of a probability over {tested.Count} pictures: {largest:0.0e0}");
        Assert.InRange(largest, 0, Tolerance);
    }
}
