using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Datasets;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class PicturesThatArePutAside(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession Session, Guid Dataset, Guid[] Daisies, Guid[] Roses)> PicturesAsync(int each = 5)
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var daisies = await session.AddImagesAsync(dataset.Id, "daisy", each);
        var roses = await session.AddImagesAsync(dataset.Id, "rose", each, "test");
        return (session, dataset.Id, [.. daisies.Select(i => i.Id)], [.. roses.Select(i => i.Id)]);
    }

    private static async Task<(int Listed, int Counted)> OfAsync(TenantSession session, Guid dataset, ImageFilter filter) =>
        (
            (await session.Client.ListImagesAsync(session.Org, dataset, filter, ct: Cancel)).Items.Count,
            (await session.Client.CountImagesAsync(session.Org, dataset, filter, Cancel)).Count
        );

    [Fact]
    public async Task Are_in_no_list_no_count_and_no_version_until_they_are_wanted_again()
    {
        var (session, dataset, daisies, roses) = await PicturesAsync();
        var client = session.Client;
        var edit = await client.EditImagesAsync(
            session.Org,
            dataset,
            new() { Images = [daisies[0], daisies[1], roses[0]], Archived = true },
            Cancel
        );
        Assert.Equal(3, edit.Count);
        Assert.Equal((7, 7), await OfAsync(session, dataset, new()));
        Assert.Equal((3, 3), await OfAsync(session, dataset, new(Archived: true)));
        Assert.Equal((2, 2), await OfAsync(session, dataset, new("daisy", Archived: true)));
        var stats = await client.GetDatasetStatsAsync(session.Org, dataset, Cancel);
        Assert.Equal((7, 3, 0), (stats.ImageCount, stats.Archived, stats.Unlabelled));
        Assert.Equal([3, 4], stats.Classes.Select(c => c.Count));
        Assert.Equal(7, (await client.GetDatasetAsync(session.Org, dataset, Cancel)).ImageCount);
        var version = await client.CreateVersionAsync(session.Org, dataset, new(), Cancel);
        Assert.Equal(7, version.ImageCount);
        Assert.True((await client.GetImageAsync(session.Org, dataset, daisies[0], Cancel)).Archived);

        await client.UpdateImageAsync(session.Org, dataset, roses[0], new() { Archived = false }, Cancel);
        Assert.Equal((8, 8), await OfAsync(session, dataset, new()));
        // What was changed again since stays.
        Assert.Equal(2, (await client.UndoImageEditAsync(session.Org, dataset, edit.Id, Cancel)).Count);
        Assert.Equal((10, 10), await OfAsync(session, dataset, new()));
    }

    [Fact]
    public async Task Are_found_by_every_order_and_by_their_ordinal()
    {
        var (session, dataset, daisies, _) = await PicturesAsync();
        await session.Client.EditImagesAsync(session.Org, dataset, new() { Images = daisies, Archived = true }, Cancel);
        foreach (var sort in (string[])["added", "-added", "name", "-name", "size", "-size"])
        {
            var page = await session.Client.ListImagesAtAsync(session.Org, dataset, new(Archived: true), sort, 2, 10, Cancel);
            Assert.Equal(3, page.Items.Count);
            Assert.All(page.Items, i => Assert.True(i.Archived));
        }
    }
}

public sealed class PicturesWithoutALabel(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Are_found_labelled_and_undone_and_are_in_no_version()
    {
        var (session, made) = await _app.RegisterWithDatasetAsync();
        var (client, org, dataset) = (session.Client, session.Org, made.Id);
        var daisies = (await session.AddImagesAsync(dataset, "daisy", 5)).Select(i => i.Id).ToArray();
        await session.AddImagesAsync(dataset, "rose", 5);
        var edit = await client.EditImagesAsync(org, dataset, new() { Images = [daisies[0], daisies[1]], Class = "" }, Cancel);
        var unlabelled = await client.ListImagesAsync(org, dataset, new ImageFilter(Labelled: false), ct: Cancel);
        Assert.Equal(daisies.Take(2).Order(), unlabelled.Items.Select(i => i.Id).Order());
        Assert.All(unlabelled.Items, i => Assert.Equal("", i.Class));
        Assert.Equal(2, (await client.CountImagesAsync(org, dataset, new(Labelled: false), Cancel)).Count);
        Assert.Equal(8, (await client.CountImagesAsync(org, dataset, new(Labelled: true), Cancel)).Count);
        var stats = await client.GetDatasetStatsAsync(org, dataset, Cancel);
        Assert.Equal((10, 2), (stats.ImageCount, stats.Unlabelled));
        Assert.Equal([3, 5], stats.Classes.Select(c => c.Count));
        Assert.Equal(8, (await client.CreateVersionAsync(org, dataset, new(), Cancel)).ImageCount);

        Assert.Equal("rose", (await client.UpdateImageAsync(org, dataset, daisies[0], new() { Class = "rose" }, Cancel)).Class);
        Assert.Equal("", (await client.UpdateImageAsync(org, dataset, daisies[0], new() { Class = "" }, Cancel)).Class);
        Assert.Equal(2, (await client.UndoImageEditAsync(org, dataset, edit.Id, Cancel)).Count);
        Assert.Equal(0, (await client.GetDatasetStatsAsync(org, dataset, Cancel)).Unlabelled);
    }

    [Fact]
    public async Task Make_no_version_by_themselves()
    {
        var (session, made) = await _app.RegisterWithDatasetAsync();
        await session.AddImagesAsync(made.Id, "daisy", 4);
        await session.Client.EditImagesAsync(session.Org, made.Id, new() { Filter = new(), Class = "" }, Cancel);
        var refused = await Assert.ThrowsAsync<ApiException>(() => session.Client.CreateVersionAsync(session.Org, made.Id, new(), Cancel));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "too_few_classes"), (refused.Status, refused.Problem.Code));
    }
}
