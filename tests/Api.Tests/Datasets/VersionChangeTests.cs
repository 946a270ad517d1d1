using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class ComparingVersions(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>The second version has a picture less, five more, and one relabelled.</summary>
    private async Task<(TenantSession Session, VersionResponse First, VersionResponse Second)> TwoAsync()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var daisies = await session.AddImagesAsync(dataset.Id, "daisy", 10, "train");
        await session.AddImagesAsync(dataset.Id, "daisy", 10);
        await session.AddImagesAsync(dataset.Id, "rose", 20);
        var first = await session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel);
        await session.Client.UpdateImageAsync(session.Org, dataset.Id, daisies[0].Id, new() { Class = "rose" }, Cancel);
        using (await session.Http.DeleteAsync(session.At($"datasets/{dataset.Id}/images/{daisies[1].Id}"), Cancel)) { }
        await session.AddImagesAsync(dataset.Id, "tulip", 5);
        return (session, first, await session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel));
    }

    private static Task<VersionChangesResponse> ChangesAsync(TenantSession session, VersionResponse of, Guid since, string? kind = null) =>
        session.Client.GetVersionChangesAsync(session.Org, of.Dataset, of.Id, since, kind, ct: Cancel);

    [Fact]
    public async Task Counts_and_shows_what_was_added_removed_and_relabelled()
    {
        var (session, first, second) = await TwoAsync();
        var changes = await ChangesAsync(session, second, first.Id);
        Assert.Equal((5, 1, 1), (changes.Counts["added"], changes.Counts["removed"], changes.Counts["relabelled"]));
        Assert.Equal(changes.Items.OrderBy(i => i.Hash, StringComparer.Ordinal), changes.Items);
        Assert.All(
            changes.Items,
            i => Assert.Equal((i.Before is null, i.After is null), (i.Kinds.Contains("added"), i.Kinds.Contains("removed")))
        );
        var relabelled = Assert.Single((await ChangesAsync(session, second, first.Id, "relabelled")).Items);
        Assert.Equal(("daisy", "rose", "train"), (relabelled.Before!.Class, relabelled.After!.Class, relabelled.After.Split));
        // The other way round it is the other way round.
        var back = await ChangesAsync(session, first, second.Id);
        Assert.Equal((1, 5, 1), (back.Counts["added"], back.Counts["removed"], back.Counts["relabelled"]));
        Assert.Empty((await ChangesAsync(session, first, first.Id)).Items);
    }

    [Fact]
    public async Task Comes_in_pages()
    {
        var (session, first, second) = await TwoAsync();
        var all = (await ChangesAsync(session, second, first.Id)).Items.Select(i => i.Hash).ToList();
        var seen = new List<string>();
        string? next = null;
        do
        {
            var path =
                $"datasets/{first.Dataset}/versions/{second.Id}/changes?since={first.Id}&limit=2{(next is null ? "" : "&after=" + next)}";
            var page = (await session.Http.GetFromJsonAsync<VersionChangesResponse>(session.At(path), Cancel))!;
            Assert.Equal(next is null, page.Counts.Count > 0);
            Assert.InRange(page.Items.Count, 1, 2);
            seen.AddRange(page.Items.Select(i => i.Hash));
            next = page.Next;
        } while (next is not null);
        Assert.Equal(all, seen);
    }

    [Fact]
    public async Task Shows_pictures_that_the_dataset_has_no_more()
    {
        var (session, first, second) = await TwoAsync();
        var removed = Assert.Single((await ChangesAsync(session, second, first.Id, "removed")).Items);
        var org = await session.OrgIdAsync();
        await _app.Store().PutAsync(ObjectKeys.Thumbnail(org, removed.Hash), new MemoryStream([1, 2, 3]), Cancel);
        using var small = await session.Http.GetAsync(removed.Thumbnail, Cancel);
        Assert.Equal((HttpStatusCode.OK, "image/jpeg"), (small.StatusCode, small.Content.Headers.ContentType!.MediaType));
        Assert.Equal([1, 2, 3], await small.Content.ReadAsByteArrayAsync(Cancel));
        // To another organisation it is as unknown as any other.
        var (other, _) = await _app.RegisterWithDatasetAsync();
        using var hidden = await other.Http.GetAsync(removed.Thumbnail, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
    }

    [Fact]
    public async Task Is_refused_across_datasets_and_for_unknown_kinds()
    {
        var (session, first, _) = await TwoAsync();
        var (other, _, strange) = await TwoAsync();
        foreach (var (caller, since) in new[] { (session, strange.Id), (other, first.Id) })
        {
            var refused = await Answers.RefusedAsync(() => ChangesAsync(caller, first, since));
            Assert.Equal((HttpStatusCode.NotFound, "not_found"), (refused.Status, refused.Code));
        }
        Assert.Equal("unknown_kind", (await Answers.RefusedAsync(() => ChangesAsync(session, first, first.Id, "renamed"))).Code);
        using var odd = await session.Http.GetAsync(
            session.At($"datasets/{first.Dataset}/versions/{first.Id}/pictures/{new string('A', 64)}/thumbnail"),
            Cancel
        );
        Assert.Equal(HttpStatusCode.NotFound, odd.StatusCode);
    }
}
