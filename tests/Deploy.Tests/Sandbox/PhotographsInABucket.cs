using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Sandbox;

/// <summary>Photographs go the whole road on S3: no host has a folder of objects, so whatever is answered came out of the bucket.</summary>
[Collection(WalledHouseScenarios.Name)]
public sealed partial class PhotographsInABucket(WalledHouse house)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_upload_to_the_deletion_and_nothing_else_lies_in_the_bucket()
    {
        Assert.SkipUnless(LongTests.Wanted, LongTests.Reason);
        Assert.SkipWhen(SharedData.FlowersZip is null, "The photographs (../shared/data/flowers5.zip) are not here.");
        Assert.SkipWhen(SharedData.WeightsFolder is null, "The pretrained weights (../shared/weights) are not here.");
        await house.StartedAsync();
        var (api, org) = (house.Api, house.Org);
        var id = (await api.GetOrganizationAsync(org, Cancel)).Id;
        var project = await api.CreateProjectAsync(org, new() { Name = "Flowers" }, Cancel);
        var dataset = await api.CreateDatasetAsync(org, new() { Project = project.Slug, Name = "flowers" }, Cancel);
        await UploadAsync(dataset);
        var version = await api.CreateVersionAsync(org, dataset.Id, new() { Split = new(0.5, 0.1, 0.4) }, Cancel);
        var run = await TrainAsync(project.Slug, version.Id);
        var model = run.Result!.ModelVersion;
        var onnx = await AssertTheFileIsTheModelAsync(model.Model, model.Version);
        await AssertEveryPictureComesBackAsync(dataset);
        await AssertAnswersAsync(project.Slug, model.Model, model.Version);
        await AssertOnlyKnownObjectsAsync(id, onnx);
        await api.DeleteProjectAsync(org, project.Slug, Cancel);
        await AssertNothingIsAnsweredAnyMoreAsync(model.Model, model.Version);
        // Deleted is hidden for seven days, restored in between: so the files are still there.
        await AssertOnlyKnownObjectsAsync(id, onnx);
    }

    private async Task UploadAsync(DatasetResponse dataset)
    {
        await using var archive = File.OpenRead(SharedData.FlowersZip!);
        var import = await house.Api.UploadAsync(house.Org, dataset.Id, "flowers5.zip", archive, Cancel);
        while (import.FinishedAt is null)
            import = await house.Api.GetImportAsync(house.Org, dataset.Id, import.Id, 30, Cancel);
        Assert.True(import.State == "succeeded", $"{import.Error}\n{house.Log("worker")}");
        Assert.Equal(1500, (await house.Api.GetDatasetStatsAsync(house.Org, dataset.Id, Cancel)).ImageCount);
    }

    private async Task<RunResponse> TrainAsync(string project, Guid version)
    {
        var run = await house.Api.CreateRunAsync(
            house.Org,
            new()
            {
                Project = project,
                DatasetVersion = version,
                Recipe = new() { Preset = "fast" },
            },
            Cancel
        );
        while (run.FinishedAt is null)
            run = await house.Api.GetRunAsync(house.Org, run.Id, 60, Cancel);
        Assert.True(run.State == "succeeded", $"{run.Error}\n{house.Log("worker")}");
        Assert.InRange(run.Result!.TestAccuracy, 0.85, 1);
        return run;
    }

    /// <returns>SHA-256 of what was downloaded.</returns>
    private async Task<string> AssertTheFileIsTheModelAsync(string model, int version)
    {
        using var http = house.Http(house.Session.Token);
        using var answer = await http.GetAsync($"/api/v1/orgs/{house.Org}/models/{model}/versions/{version}/artefacts/core.onnx", Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var hash = Convert.ToHexStringLower(SHA256.HashData(await answer.Content.ReadAsByteArrayAsync(Cancel)));
        Assert.Equal($"\"{hash}\"", answer.Headers.ETag!.Tag);
        return hash;
    }

    private async Task AssertEveryPictureComesBackAsync(DatasetResponse dataset)
    {
        using var http = house.Http(house.Session.Token);
        foreach (var image in (await house.Api.ListImagesAsync(house.Org, dataset.Id, limit: 20, ct: Cancel)).Items)
        {
            Assert.Equal(image.Hash, Convert.ToHexStringLower(SHA256.HashData(await http.GetByteArrayAsync(image.Content, Cancel))));
            Assert.Equal([0xFF, 0xD8, 0xFF], (await http.GetByteArrayAsync(image.Thumbnail, Cancel))[..3]);
        }
    }

    private async Task AssertAnswersAsync(string project, string model, int version)
    {
        var deployment = await house.Api.CreateDeploymentAsync(
            house.Org,
            new()
            {
                Project = project,
                Name = "flowers",
                Model = model,
                Version = version,
            },
            Cancel
        );
        while (deployment.State == "starting")
            deployment = await house.Api.GetDeploymentAsync(house.Org, "flowers", 30, Cancel);
        Assert.True(deployment.State == "live", $"{deployment.Error}\n{house.Log("predictor")}");
        using var archive = ZipFile.OpenRead(SharedData.FlowersZip!);
        var entry = archive.Entries.First(e => e.FullName.EndsWith(".jpg", StringComparison.Ordinal));
        using var photo = new MemoryStream();
        await using (var stream = await entry.OpenAsync(Cancel))
            await stream.CopyToAsync(photo, Cancel);
        var answer = await house.Api.PredictAsync(house.Org, "flowers", photo.ToArray(), ct: Cancel);
        Assert.Equal(Path.GetFileName(Path.GetDirectoryName(entry.FullName)), answer.Label);
    }

    private async Task AssertOnlyKnownObjectsAsync(Guid org, string onnx)
    {
        var sizes = await house.Store.InspectAsync("", Cancel).ToDictionaryAsync(o => o.Key, o => o.Size, cancellationToken: Cancel);
        var keys = sizes.Keys;
        var strange = keys.Where(key =>
            key != "janitor/unreferenced.tsv"
            && !(
                key.StartsWith(ObjectKeys.Organisation(org), StringComparison.Ordinal)
                && KnownPattern().IsMatch(key[ObjectKeys.Organisation(org).Length..])
            )
        );
        Assert.Empty(strange);
        Assert.Contains(ObjectKeys.Content(org, onnx), keys);
        var contents = keys.Where(key => ObjectKeys.ContentHash(key) is not null).ToList();
        Assert.InRange(contents.Count, 1500, 3000);
        await Parallel.ForEachAsync(
            contents,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancel },
            async (key, cancel) =>
            {
                // By parts: a whole object would be checked by the store, and this is the check of the store.
                await using var part = await house.Store.OpenReadAsync(key, 0, sizes[key], cancel);
                Assert.Equal(ObjectKeys.ContentHash(key), Convert.ToHexStringLower(await SHA256.HashDataAsync(part, cancel)));
            }
        );
    }

    private async Task AssertNothingIsAnsweredAnyMoreAsync(string model, int version)
    {
        using var http = house.Http(house.Session.Token);
        foreach (
            var path in (string[])[$"models/{model}/versions/{version}/artefacts/core.onnx", "deployments/flowers", "projects/flowers"]
        )
        {
            using var answer = await http.GetAsync($"/api/v1/orgs/{house.Org}/{path}", Cancel);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [GeneratedRegex("^((sha256|thumbnails)/([0-9a-f]{2})/\\3[0-9a-f]{62}|runs/[0-9a-f]{32}/[0-9]+/[^/]+(/[^/]+)*)$")]
    private static partial Regex KnownPattern();
}
