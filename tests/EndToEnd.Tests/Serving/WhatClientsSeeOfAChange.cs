using System.Net;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Contracts.Models;
using GpuGeek.EndToEnd.Tests.Processes;
using GpuGeek.EndToEnd.Tests.Support;
using Table = GpuGeek.TestSupport.Platform.Processes;

namespace GpuGeek.EndToEnd.Tests.Serving;

/// <summary>Two versions of a model, and a deployment that eight clients use all the time.</summary>
[Collection(ShapesScenarios.Name)]
public sealed class WhatClientsSeeOfAChange(ShapesPlatform shapes, ITestOutputHelper output)
{
    private static readonly SemaphoreSlim Once = new(1);
    private static (ModelVersionResponse First, ModelVersionResponse Second, byte[] Picture)? _trained;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private Account Account => shapes.Account;

    [Fact]
    public async Task Twenty_swaps_and_no_answer_but_those_of_the_two_versions()
    {
        var (first, second, picture) = await TrainedAsync();
        var deployment = await Account.LiveAsync(shapes.Project, "swapped", new(first.Model, first.Version));
        await using var load = await UnderLoad.StartAsync(Account, deployment, picture);
        await load.MoreAsync(16);
        for (var swap = 1; swap <= 20; swap++)
        {
            Assert.Equal("live", (await ServeAsync(deployment, swap % 2 == 0 ? first.Version : second.Version)).State);
            await load.MoreAsync(4);
        }
        output.WriteLine(Summary(load));
        Assert.Equal(
            [(HttpStatusCode.OK, first.OnnxHash), (HttpStatusCode.OK, second.OnnxHash)],
            load.Answers.Keys.OrderBy(a => a.Artefact == first.OnnxHash ? 0 : 1)
        );
    }

    [Fact]
    public async Task A_version_whose_file_is_damaged_leaves_the_one_before_serving()
    {
        var (first, second, picture) = await TrainedAsync();
        var deployment = await Account.LiveAsync(shapes.Project, "damaged", new(first.Model, first.Version));
        var file = Directory
            .EnumerateFiles(
                Path.Combine(Account.Platform.DataDirectory, "objects"),
                second.OnnxHash["sha256:".Length..],
                SearchOption.AllDirectories
            )
            .Single();
        var whole = await File.ReadAllBytesAsync(file, Cancel);
        var damaged = whole.ToArray();
        damaged[damaged.Length / 2] ^= 1;
        await using var load = await UnderLoad.StartAsync(Account, deployment, picture);
        try
        {
            await load.MoreAsync(16);
            await File.WriteAllBytesAsync(file, damaged, Cancel);
            var failed = await ServeAsync(deployment, second.Version);
            Assert.Equal(("failed", first.Version), (failed.State, failed.LiveVersion));
            Assert.NotNull(failed.Error);
            output.WriteLine($"{failed.Error.Code}: {failed.Error.Detail} {failed.Error.Hint}");
            await load.MoreAsync(16);
        }
        finally
        {
            await File.WriteAllBytesAsync(file, whole, Cancel);
        }
        Assert.Equal([(HttpStatusCode.OK, first.OnnxHash)], load.Answers.Keys);
    }

    [Fact]
    public async Task A_native_crash_of_the_predictor_costs_the_requests_in_flight_and_no_other()
    {
        const int Clients = 8;
        var (first, _, picture) = await TrainedAsync();
        var deployment = await Account.LiveAsync(shapes.Project, "crashed", new(first.Model, first.Version));
        await using var load = await UnderLoad.StartAsync(Account, deployment, picture, Clients);
        await load.MoreAsync(16);
        var before = Table.Host(shapes.Platform, "Predictor");
        // SEGV and ABRT from outside are taken by .NET; this one, the kernel's for a bad system call, kills as they do from inside.
        Table.Signal(before, "SYS");
        Assert.True(await Table.AllGoneAsync([before], TimeSpan.FromSeconds(10)));
        await load.MoreAsync(64);
        output.WriteLine(Summary(load));
        Assert.NotEqual(before, Table.Host(shapes.Platform, "Predictor"));
        Assert.Empty(load.Answers.Keys.Except([(HttpStatusCode.OK, first.OnnxHash), (HttpStatusCode.ServiceUnavailable, null)]));
        Assert.InRange(load.Answers.GetValueOrDefault((HttpStatusCode.ServiceUnavailable, null)), 0, Clients);
        Assert.Equal(0, load.WithoutRetryAfter);
    }

    private async Task<DeploymentResponse> ServeAsync(DeploymentResponse deployment, int version)
    {
        var state = await Account.Api.UpdateDeploymentAsync(Account.Org, deployment.Name, new() { Version = version }, Cancel);
        while (state.State == "starting")
            state = await Account.Api.GetDeploymentAsync(Account.Org, deployment.Name, 30, Cancel);
        return state;
    }

    private async Task<(ModelVersionResponse First, ModelVersionResponse Second, byte[] Picture)> TrainedAsync()
    {
        await Once.WaitAsync(Cancel);
        try
        {
            if (_trained is { } known)
                return known;
            var runs = new[]
            {
                await Account.StartSmallAsync(shapes.Project, shapes.Version, 1),
                await Account.StartSmallAsync(shapes.Project, shapes.Version, 2),
            };
            var versions = new List<ModelVersionResponse>();
            foreach (var run in runs)
            {
                var made = (await Account.SucceededAsync(run.Id)).Result!.ModelVersion;
                versions.Add(await Account.Api.GetModelVersionAsync(Account.Org, made.Model, made.Version, Cancel));
            }
            var dataset = (await Account.Api.ListDatasetsAsync(Account.Org, shapes.Project, Cancel)).Items.Single(d => d.Name == "shapes");
            var image = (await Account.Api.ListImagesAsync(Account.Org, dataset.Id, ct: Cancel)).Items[0];
            using var http = Account.Platform.Http(Account.Token);
            _trained = (versions[0], versions[1], await http.GetByteArrayAsync(new Uri(image.Content, UriKind.Relative), Cancel));
            return _trained.Value;
        }
        finally
        {
            Once.Release();
        }
    }

    private static string Summary(UnderLoad load) =>
        string.Join(", ", load.Answers.Select(a => $"{(int)a.Key.Status} {a.Key.Artefact?[..15]}: {a.Value}"));
}
