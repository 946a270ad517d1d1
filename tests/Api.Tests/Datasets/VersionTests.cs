using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class FreezingAVersion(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static Task<HttpResponseMessage> PostAsync(TenantSession session, Guid dataset, object body) =>
        session.Http.PostAsJsonAsync(session.At($"datasets/{dataset}/versions"), body, Cancel);

    [Fact]
    public async Task Each_class_is_divided_by_the_shares()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        await session.AddImagesAsync(dataset.Id, "daisy", 150);
        await session.AddImagesAsync(dataset.Id, "rose", 150);
        var version = await session.Client.CreateVersionAsync(session.Org, dataset.Id, new() { Split = new(0.5, 0.1, 0.4) }, Cancel);
        Assert.Equal((1, 300), (version.Number, version.ImageCount));
        Assert.Equal(["daisy", "rose"], version.Classes);
        foreach (var (split, count) in new[] { ("train", 75), ("val", 15), ("test", 60) })
            Assert.Equal([("daisy", count), ("rose", count)], version.Counts[split].Select(c => (c.Key, c.Value)));
        Assert.Equal([150, 30, 120], version.Counts.Values.Select(s => s.Values.Sum()));
        Assert.Equal(8, version.Samples.Distinct().Count());
        Assert.All(version.Samples, s => Assert.Contains($"/versions/{version.Id}/pictures/", s, StringComparison.Ordinal));
        Assert.Equivalent(version, await session.Client.GetVersionAsync(session.Org, dataset.Id, version.Id, Cancel));
    }

    [Fact]
    public async Task It_has_a_note_that_is_no_part_of_it_and_says_what_learned_from_it()
    {
        var (session, dataset, version) = await _app.RegisterWithVersionAsync();
        Assert.Equal((null, 0, 0), (version.Note, version.Runs, version.Models));
        await session.StartRunAsync(version.Id);
        await session.StartRunAsync(version.Id);
        var noted = await session.Client.UpdateVersionAsync(session.Org, dataset.Id, version.Id, new() { Note = " two\nlines " }, Cancel);
        Assert.Equal(("two\nlines", 2, 0, version.ManifestHash), (noted.Note, noted.Runs, noted.Models, noted.ManifestHash));
        Assert.Equivalent(noted, Assert.Single((await session.Client.ListVersionsAsync(session.Org, dataset.Id, Cancel)).Items));
        // The same pictures are still this version.
        Assert.Equal(version.Id, (await session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel)).Id);
        Assert.Null((await session.Client.UpdateVersionAsync(session.Org, dataset.Id, version.Id, new() { Note = " " }, Cancel)).Note);
        var (other, foreign) = await _app.RegisterWithDatasetAsync();
        var refused = await Answers.RefusedAsync(() =>
            other.Client.UpdateVersionAsync(other.Org, foreign.Id, version.Id, new() { Note = "x" }, Cancel)
        );
        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
    }

    [Fact]
    public async Task The_same_pictures_and_seed_are_the_same_version()
    {
        var (session, dataset, version) = await _app.RegisterWithVersionAsync();
        var again = await PostAsync(session, dataset.Id, new { seed = 0 });
        Assert.Equal(
            (HttpStatusCode.OK, version.Id),
            (again.StatusCode, (await again.Content.ReadFromJsonAsync<VersionResponse>(Cancel))!.Id)
        );
        var other = await PostAsync(session, dataset.Id, new { seed = 1 });
        Assert.Equal(
            (HttpStatusCode.Created, 2),
            (other.StatusCode, (await other.Content.ReadFromJsonAsync<VersionResponse>(Cancel))!.Number)
        );
        Assert.Equal([2, 1], (await session.Client.ListVersionsAsync(session.Org, dataset.Id, Cancel)).Items.Select(v => v.Number));
    }

    [Fact]
    public async Task Pictures_of_a_group_come_into_one_split()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        DatasetImage[] images =
        [
            .. await session.AddImagesAsync(dataset.Id, "daisy", 20),
            .. await session.AddImagesAsync(dataset.Id, "rose", 20),
        ];
        foreach (var (image, number) in images.Select((image, i) => (image, i)).Where(i => i.i % 2 == 0))
        {
            var changed = await session.Client.UpdateImageAsync(
                session.Org,
                dataset.Id,
                image.Id,
                new() { Group = $" garden {number % 4} " },
                Cancel
            );
            Assert.Equal($"garden {number % 4}", changed.Group);
        }
        var none = await session.Client.UpdateImageAsync(session.Org, dataset.Id, images[0].Id, new() { Group = "" }, Cancel);
        Assert.Null(none.Group);
        var version = await session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel);
        var manifest = await session.Http.GetByteArrayAsync(session.At($"datasets/{dataset.Id}/versions/{version.Id}/manifest"), Cancel);
        var groups = Manifest.Read(manifest).GroupBy(e => e.Group).ToDictionary(g => g.Key, g => g.ToList());
        Assert.Equal([("", 21), ("garden 0", 9), ("garden 2", 10)], groups.OrderBy(g => g.Key).Select(g => (g.Key, g.Value.Count)));
        foreach (var garden in (string[])["garden 0", "garden 2"])
            Assert.Single(groups[garden].Select(e => e.Split).Distinct());
    }

    [Fact]
    public async Task Pictures_that_come_later_move_no_other_unless_the_seed_or_the_shares_change()
    {
        var (session, dataset, version) = await _app.RegisterWithVersionAsync();
        await session.AddImagesAsync(dataset.Id, "rose", 15, first: 500);
        async Task<Dictionary<string, string>> SplitsAsync(VersionResponse of) =>
            Manifest
                .Read(await session.Http.GetByteArrayAsync(session.At($"datasets/{dataset.Id}/versions/{of.Id}/manifest"), Cancel))
                .ToDictionary(e => e.Hash, e => e.Split);
        async Task<int> MovedAsync(CreateVersionRequest request)
        {
            var now = await SplitsAsync(await session.Client.CreateVersionAsync(session.Org, dataset.Id, request, Cancel));
            return (await SplitsAsync(version)).Count(e => now[e.Key] != e.Value);
        }
        Assert.Equal(new SplitShares(0.7, 0.15, 0.15), version.Split);
        Assert.Equal(0, await MovedAsync(new()));
        Assert.NotEqual(0, await MovedAsync(new() { Seed = 3 }));
        Assert.NotEqual(0, await MovedAsync(new() { Split = new(0.4, 0.3, 0.3) }));
    }

    [Fact]
    public async Task A_fold_is_tested_on_after_another()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        await session.AddImagesAsync(dataset.Id, "daisy", 10);
        await session.AddImagesAsync(dataset.Id, "rose", 7);
        async Task<VersionResponse> FoldAsync(int? folds, int? fold) =>
            await session.Client.CreateVersionAsync(session.Org, dataset.Id, new() { Folds = folds, Fold = fold }, Cancel);
        var versions = new List<VersionResponse>();
        for (var fold = 1; fold <= 5; fold++)
            versions.Add(await FoldAsync(5, fold));
        Assert.Equal([(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)], versions.Select(v => (v.Fold!.Value, v.Folds!.Value)));
        Assert.Equal([2, 2, 2, 2, 2], versions.Select(v => v.Counts["test"]["daisy"]));
        Assert.Equal(7, versions.Sum(v => v.Counts["test"]["rose"]));
        Assert.Equal(versions[1].Id, (await FoldAsync(5, 2)).Id);
        // Splits by shares do not follow those of a fold.
        var shares = await session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel);
        Assert.Equal((7, null), (shares.Counts["train"]["daisy"], shares.Fold));
        foreach (var (folds, fold) in ((int?, int?)[])[(5, null), (null, 1), (5, 6)])
            Assert.Equal("fold_unclear", (await Answers.RefusedAsync(() => FoldAsync(folds, fold))).Code);
        Assert.Equal("too_few_images", (await Answers.RefusedAsync(() => FoldAsync(8, 1))).Code);
    }

    [Fact]
    public async Task Warnings_say_which_figures_will_be_worth_little()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        await session.AddImagesAsync(dataset.Id, "daisy", 100);
        await session.AddImagesAsync(dataset.Id, "rose", 20);
        var groups = await session.AddImagesAsync(dataset.Id, "daisy", 2, "train", first: 500);
        foreach (var image in groups)
            await session.Client.UpdateImageAsync(session.Org, dataset.Id, image.Id, new() { Group = "g" }, Cancel);
        await session.Client.UpdateImageAsync(session.Org, dataset.Id, groups[0].Id, new() { Split = "test" }, Cancel);
        var version = await session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel);
        Assert.Equal(["few_pictures", "divided_groups"], version.Warnings!.Select(w => w.Code));
        Assert.Equal(
            ("test", "rose", 10),
            (version.Warnings![0].Split, Assert.Single(version.Warnings![0].Classes), version.Warnings![0].Count)
        );
        Assert.Equal(1, version.Warnings![1].Count);
    }

    [Fact]
    public async Task Many_at_once_get_a_number_each()
    {
        var (session, dataset, _) = await _app.RegisterWithVersionAsync();
        var versions = await Task.WhenAll(
            Enumerable.Range(1, 6).Select(seed => session.Client.CreateVersionAsync(session.Org, dataset.Id, new() { Seed = seed }, Cancel))
        );
        Assert.Equal([2, 3, 4, 5, 6, 7], versions.Select(v => v.Number).Order());
    }

    [Fact]
    public async Task A_class_with_too_few_pictures_is_named()
    {
        var (session, dataset, _) = await _app.RegisterWithVersionAsync();
        await session.AddImagesAsync(dataset.Id, "tulip", 2);
        var refused = await Answers.RefusedAsync(() => session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "too_few_images"), (refused.Status, refused.Code));
        Assert.Contains("tulip (2)", refused.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("rose", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_class_alone_is_too_few()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        await session.AddImagesAsync(dataset.Id, "rose", 5);
        Assert.Equal(
            "too_few_classes",
            (await Answers.RefusedAsync(() => session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel))).Code
        );
    }

    [Fact]
    public async Task A_split_that_would_be_empty_is_named()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        foreach (var label in (string[])["daisy", "rose"])
        {
            await session.AddImagesAsync(dataset.Id, label, 3, "train");
            await session.AddImagesAsync(dataset.Id, label, 3, "val");
        }
        var refused = await Answers.RefusedAsync(() => session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "empty_split"), (refused.Status, refused.Code));
        Assert.Contains("'test'", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shares_that_do_not_sum_to_one_are_refused()
    {
        var (session, dataset, _) = await _app.RegisterWithVersionAsync();
        Assert.Equal(
            "invalid_split",
            await (
                await PostAsync(
                    session,
                    dataset.Id,
                    new
                    {
                        split = new
                        {
                            train = 0.7,
                            val = 0.7,
                            test = 0.15,
                        },
                    }
                )
            ).CodeAsync(HttpStatusCode.UnprocessableEntity)
        );
        Assert.Equal(
            "malformed_request",
            await (await PostAsync(session, dataset.Id, new { split = (object?)null })).CodeAsync(HttpStatusCode.BadRequest)
        );
    }

    [Fact]
    public async Task The_manifest_is_what_its_hash_says_and_holds_every_picture()
    {
        var (session, dataset, version) = await _app.RegisterWithVersionAsync();
        var response = await session.Http.GetAsync(session.At($"datasets/{dataset.Id}/versions/{version.Id}/manifest"), Cancel);
        var bytes = await response.Content.ReadAsByteArrayAsync(Cancel);
        Assert.Equal(version.ManifestHash, "sha256:" + Planted.HashOf(bytes));
        Assert.Equal("manifest-1.tsv", response.Content.Headers.ContentDisposition!.FileName);
        var entries = Manifest.Read(bytes);
        Assert.Equal(20, entries.Count);
        Assert.Equal(version.Counts["train"]["rose"], entries.Count(e => e is { Split: "train", Label: "rose" }));
    }

    [Fact]
    public async Task A_picture_taken_out_later_stays_in_the_version()
    {
        var (session, dataset, version) = await _app.RegisterWithVersionAsync();
        var image = (await session.Client.ListImagesAsync(session.Org, dataset.Id, ct: Cancel)).Items[0];
        await session.Http.DeleteAsync(image.Content[..^"/content".Length], Cancel);
        Assert.Contains(
            image.Hash,
            await session.Http.GetStringAsync(session.At($"datasets/{dataset.Id}/versions/{version.Id}/manifest"), Cancel),
            StringComparison.Ordinal
        );
        Assert.Equal(
            (19, 20),
            (
                (await session.Client.GetDatasetAsync(session.Org, dataset.Id, Cancel)).ImageCount,
                (await session.Client.GetVersionAsync(session.Org, dataset.Id, version.Id, Cancel)).ImageCount
            )
        );
    }
}
