using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;

namespace GpuGeek.Api.Tests.Models;

public sealed class TakingAModelHome(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Its_versions_are_listed_newest_first_with_their_evaluation()
    {
        var (session, _, data) = await _app.RegisterWithVersionAsync();
        await session.AddModelVersionAsync(data.Id);
        var second = await session.AddModelVersionAsync(data.Id);
        var model = Assert.Single((await session.Client.ListModelsAsync(session.Org, "flowers", Cancel)).Items);
        Assert.Equal(("flowers", 2, 0.75), (model.Name, model.LatestVersion, model.LatestTestAccuracy));
        var versions = (await session.Client.ListModelVersionsAsync(session.Org, "flowers", Cancel)).Items;
        Assert.Equal([2, 1], versions.Select(v => v.Version));
        var evaluation = (await session.Client.GetModelVersionAsync(session.Org, "flowers", 2, Cancel)).Evaluation;
        Assert.Equal([0.3, 0.95], evaluation.Interval);
        Assert.Equal(
            [
                [2, 0],
                [1, 1],
            ],
            evaluation.Confusion
        );
        Assert.Equal(["daisy", "rose"], evaluation.Classes);
        Assert.Equal(("rose", 0.5, 2), (evaluation.PerClass[1].Name, evaluation.PerClass[1].Recall, evaluation.PerClass[1].Support));
        var run = await session.Client.GetRunAsync(session.Org, second.RunId, ct: Cancel);
        Assert.Equal(("succeeded", new("flowers", 2), 0.75), (run.State, run.Result!.ModelVersion, run.Result.TestAccuracy));
        var calibration = run.Result.Calibration!;
        Assert.Equal((0.05, 0.06, 0.02), (calibration.Before.Error, calibration.Before.Plain, calibration.After.Error));
        Assert.Equal([0, 0.06], calibration.After.Interval);
        Assert.Equal(0.75, (await session.Client.GetProjectAsync(session.Org, "flowers", Cancel)).BestTestAccuracy);
    }

    [Fact]
    public async Task The_ONNX_file_is_what_its_hash_says_and_is_not_sent_twice()
    {
        var (session, _, data) = await _app.RegisterWithVersionAsync();
        await session.AddModelVersionAsync(data.Id);
        var version = await session.Client.GetModelVersionAsync(session.Org, "flowers", 1, Cancel);
        var response = await session.Http.GetAsync(version.Files.Single(f => f.Name == "core.onnx").Url, Cancel);
        Assert.Equal(version.OnnxHash, "sha256:" + Planted.HashOf(await response.Content.ReadAsByteArrayAsync(Cancel)));
        Assert.Equal(
            (version.OnnxBytes, "flowers-1.onnx"),
            (response.Content.Headers.ContentLength, response.Content.Headers.ContentDisposition!.FileName)
        );
        Assert.Equal($"\"{version.OnnxHash["sha256:".Length..]}\"", response.Headers.ETag!.Tag);
        using var again = new HttpRequestMessage(HttpMethod.Get, version.Files[0].Url)
        {
            Headers = { IfNoneMatch = { response.Headers.ETag } },
        };
        Assert.Equal(HttpStatusCode.NotModified, (await session.Http.SendAsync(again, Cancel)).StatusCode);
    }

    [Fact]
    public async Task The_manifest_says_how_to_use_it()
    {
        var (session, _, data) = await _app.RegisterWithVersionAsync();
        var planted = await session.AddModelVersionAsync(data.Id);
        var version = await session.Client.GetModelVersionAsync(session.Org, "flowers", 1, Cancel);
        var response = await session.Http.GetAsync(version.Files.Single(f => f.Name == "model.json").Url, Cancel);
        var bytes = await response.Content.ReadAsByteArrayAsync(Cancel);
        Assert.Equal($"\"{Planted.HashOf(bytes)}\"", response.Headers.ETag!.Tag);
        var manifest = JsonSerializer.Deserialize<ModelManifest>(bytes, RunDirectory.Json);
        Assert.Equivalent(planted.Manifest, manifest);
    }

    [Fact]
    public async Task A_file_that_the_store_has_lost_is_missing_and_no_fault_without_a_word()
    {
        var (session, _, data) = await _app.RegisterWithVersionAsync();
        var version = await session.AddModelVersionAsync(data.Id);
        await _app.Store().DeleteAsync(Domain.Storage.ObjectKeys.Content(version.OrgId, version.OnnxHash), Cancel);
        Assert.Equal(
            "file_missing",
            await (await session.Http.GetAsync(session.At("models/flowers/versions/1/artefacts/core.onnx"), Cancel)).CodeAsync(
                HttpStatusCode.NotFound
            )
        );
    }

    [Fact]
    public async Task The_surest_mistakes_come_first_and_each_picture_once()
    {
        var (session, dataset, data) = await _app.RegisterWithVersionAsync();
        var images = (await session.Client.ListImagesAsync(session.Org, dataset.Id, ct: Cancel)).Items;
        string gone = new('f', 64);
        await session.AddModelVersionAsync(
            data.Id,
            [
                new(images[0].Hash, 0, 0, [0.99f, 0.01f]),
                new(images[1].Hash, 0, 1, [0.4f, 0.6f]),
                new(images[2].Hash, 1, 0, [0.9f, 0.1f]),
                new(images[3].Hash, 1, 1, [0.3f, 0.7f]),
                new(gone, 1, 1, [0.45f, 0.55f]),
            ]
        );
        var seen = new List<TestPredictionResponse>();
        string? after = null;
        do
        {
            var page = (
                await session.Http.GetFromJsonAsync<Page<TestPredictionResponse>>(
                    session.At($"models/flowers/versions/1/predictions?limit=2{(after is null ? "" : $"&after={after}")}"),
                    Cancel
                )
            )!;
            seen.AddRange(page.Items);
            after = page.Next;
        } while (after is not null);
        Assert.Equal([images[2].Hash, images[1].Hash, images[0].Hash, images[3].Hash, gone], seen.Select(p => p.Hash));
        Assert.Equal(
            ("rose", "daisy", images[2].Id, images[2].Thumbnail),
            (seen[0].Label, seen[0].Predicted, seen[0].Image, seen[0].Thumbnail)
        );
        Assert.Equal(0.9, seen[0].Probability, 6);
        Assert.Equal((null, null), (seen[4].Image, seen[4].Thumbnail));
    }

    [Fact]
    public async Task Another_organisations_model_is_not_found()
    {
        var (owner, _, data) = await _app.RegisterWithVersionAsync();
        await owner.AddModelVersionAsync(data.Id);
        var me = await _app.RegisterAsync();
        Assert.Empty((await me.Client.ListModelsAsync(me.Org, ct: Cancel)).Items);
        foreach (var path in (string[])["", "/1", "/1/predictions", "/1/artefacts/core.onnx", "/1/artefacts/model.json"])
            Assert.Equal(
                "not_found",
                await (await me.Http.GetAsync(me.At($"models/flowers/versions{path}"), Cancel)).CodeAsync(HttpStatusCode.NotFound)
            );
    }
}
