using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Contracts.Runs;
using GpuGeek.Contracts.Weights;
using GpuGeek.Recipes;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>The first person of an installation, with the calls that most scenarios begin with.</summary>
public sealed record Account(RunningPlatform Platform, string Token, string Org)
{
    public const string Email = "ada@example.org";
    public const string Password = "analytical engine";

    public GpuGeekClient Api { get; } = Platform.Client(Token);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Account> RegisterAsync(RunningPlatform platform)
    {
        var session = await platform
            .Client()
            .RegisterAsync(
                new()
                {
                    Email = Email,
                    Password = Password,
                    DisplayName = "Ada",
                    Organization = "Acme",
                    SetupToken = platform.LinkToken,
                },
                Cancel
            );
        return new(platform, session.Token, session.Organizations[0].Slug);
    }

    public static async Task<Account> SignInAsync(RunningPlatform platform)
    {
        var session = await platform.Client().SignInAsync(new() { Email = Email, Password = Password }, Cancel);
        return new(platform, session.Token, session.Organizations[0].Slug);
    }

    /// <summary>A project with the drawn sample: five classes of 120 pictures, 64 pixels wide.</summary>
    public async Task<(string Project, VersionResponse Version)> ShapesAsync(string name = "Shapes")
    {
        var project = await Api.CreateProjectAsync(Org, new() { Name = name }, Cancel);
        var dataset = await Api.CreateDatasetAsync(Org, new() { Project = project.Slug, Name = "shapes" }, Cancel);
        await ImportedAsync(dataset.Id, await Api.CreateImportAsync(Org, dataset.Id, new() { Sample = "shapes" }, Cancel));
        return (project.Slug, await Api.CreateVersionAsync(Org, dataset.Id, new(), Cancel));
    }

    public async Task<ImportResponse> ImportedAsync(Guid dataset, ImportResponse import)
    {
        while (import.FinishedAt is null)
            import = await Api.GetImportAsync(Org, dataset, import.Id, 30, Cancel);
        Assert.True(import.State == "succeeded", $"The import has {import.State}: {import.Error}");
        return import;
    }

    /// <summary>A small network from random weights: seconds to train, and longer with more epochs.</summary>
    public Task<RunResponse> StartSmallAsync(string project, Guid version, int epochs, int inputSize = 32) =>
        StartAsync(project, version, Small(epochs, inputSize));

    /// <summary>The recipe of <see cref="StartSmallAsync"/>.</summary>
    public static PartialRecipe Small(int epochs, int inputSize) =>
        new()
        {
            Preset = "balanced",
            ["model.architecture"] = "resnet18",
            ["transfer.pretrained"] = false,
            ["budget.epochs"] = epochs,
            ["model.inputSize"] = inputSize,
            ["data.batchSize"] = 32,
            ["compute.precision"] = ComputeSettings.FullPrecision,
        };

    public Task<RunResponse> StartAsync(string project, Guid version, PartialRecipe recipe) =>
        Api.CreateRunAsync(
            Org,
            new()
            {
                Project = project,
                DatasetVersion = version,
                Recipe = recipe,
            },
            Cancel
        );

    /// <summary>Waits until the run has trained into the middle of an epoch.</summary>
    public async Task<RunResponse> UntilTrainingAsync(Guid run, double epoch) =>
        (
            await Eventually.HoldsAsync(
                async () =>
                {
                    var state = await Api.GetRunAsync(Org, run, ct: Cancel);
                    Assert.True(state.FinishedAt is null, $"The run ended too early: {state.State} {state.Error}");
                    var losses = (await Api.GetMetricsAsync(Org, run, ct: Cancel)).Items.Where(p => p.Name == "train/loss");
                    return (Run: state, Epoch: losses.Max(p => (double?)p.Epoch));
                },
                seen => seen.Epoch > epoch,
                Eventually.TrainingLimit
            )
        ).Run;

    public async Task<RunResponse> SucceededAsync(Guid run)
    {
        var state = await Api.GetRunAsync(Org, run, 60, Cancel);
        while (state.FinishedAt is null)
            state = await Api.GetRunAsync(Org, run, 60, Cancel);
        Assert.True(state.State == "succeeded", $"The run has {state.State}: {state.Error}\n{Platform.Log("Worker")}");
        return state;
    }

    /// <summary>Sends a file of ../shared/weights and waits until it was read.</summary>
    /// <param name="architecture">To compare with; null: the one that fits best.</param>
    public async Task<WeightsResponse> SendWeightsAsync(string project, string file, string? architecture = null)
    {
        var path = Path.Combine(SharedData.WeightsFolder!, file);
        var weights = await Api.CreateWeightsAsync(
            Org,
            new()
            {
                Project = project,
                Name = file,
                Size = new FileInfo(path).Length,
                Architecture = architecture,
            },
            Cancel
        );
        await using (var bytes = File.OpenRead(path))
            weights = await Api.UploadWeightsAsync(Org, weights.Id, bytes, Cancel);
        while (weights.FinishedAt is null)
            weights = await Api.GetWeightsAsync(Org, weights.Id, 30, Cancel);
        return weights;
    }

    public async Task<DeploymentResponse> LiveAsync(string project, string name, ModelVersionRef model)
    {
        var deployment = await Api.CreateDeploymentAsync(
            Org,
            new()
            {
                Project = project,
                Name = name,
                Model = model.Model,
                Version = model.Version,
            },
            Cancel
        );
        while (deployment.State == "starting")
            deployment = await Api.GetDeploymentAsync(Org, name, 30, Cancel);
        Assert.True(deployment.State == "live", $"The deployment has {deployment.State}: {deployment.Error}");
        return deployment;
    }

    public async Task<string> PredictKeyAsync() =>
        (await Api.CreateKeyAsync(Org, new() { Name = "predict", Scopes = [Scopes.Predict] }, Cancel)).Key;
}
