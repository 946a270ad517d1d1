using GpuGeek.Api.Tests.Support;
using GpuGeek.Infrastructure.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class TheCountsOfADataset(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>By class and split, from the pictures themselves and as they are kept.</summary>
    private async Task AreThoseOfThePicturesAsync(Guid dataset)
    {
        await using var db = _app.SystemDatabase();
        var counted = await db
            .DatasetImages.IgnoreTenantFilter()
            .Where(i => i.DatasetId == dataset)
            .GroupBy(i => new { i.ClassId, i.Split })
            .Select(g => $"{g.Key.ClassId} {g.Key.Split} {g.Count()} {g.Sum(i => i.Bytes)}")
            .ToListAsync(Cancel);
        var kept = await db
            .DatasetCounts.IgnoreTenantFilter()
            .Where(c => c.DatasetId == dataset)
            .GroupBy(c => new { c.ClassId, c.Split })
            .Where(g => g.Sum(c => c.Images) != 0 || g.Sum(c => c.Bytes) != 0)
            .Select(g => $"{g.Key.ClassId} {g.Key.Split} {g.Sum(c => c.Images)} {g.Sum(c => c.Bytes)}")
            .ToListAsync(Cancel);
        Assert.Equal(counted.Order(StringComparer.Ordinal), kept.Order(StringComparer.Ordinal));
    }

    private async Task<int> PartsAsync(Guid dataset)
    {
        await using var db = _app.SystemDatabase();
        return await db.DatasetCounts.IgnoreTenantFilter().CountAsync(c => c.DatasetId == dataset, Cancel);
    }

    [Fact]
    public async Task Are_right_after_every_kind_of_change()
    {
        var (session, made) = await _app.RegisterWithDatasetAsync();
        var (dataset, client, org) = (made.Id, session.Client, session.Org);
        var daisies = (await session.AddImagesAsync(dataset, "daisy", 6)).ToArray();
        await session.AddImagesAsync(dataset, "rose", 4, "test");
        await AreThoseOfThePicturesAsync(dataset);
        await client.UpdateImageAsync(org, dataset, daisies[0].Id, new() { Class = "rose", Split = "val" }, Cancel);
        await AreThoseOfThePicturesAsync(dataset);
        var edit = await client.EditImagesAsync(org, dataset, new() { Filter = new("daisy", null, null), Remove = true }, Cancel);
        Assert.Equal(5, (await client.GetDatasetStatsAsync(org, dataset, Cancel)).ImageCount);
        await AreThoseOfThePicturesAsync(dataset);
        await client.UndoImageEditAsync(org, dataset, edit.Id, Cancel);
        await AreThoseOfThePicturesAsync(dataset);
        await client.RenameClassAsync(
            org,
            dataset,
            new()
            {
                From = "daisy",
                To = "rose",
                Merge = true,
            },
            Cancel
        );
        await client.EditImagesAsync(org, dataset, new() { Images = [daisies[1].Id], Remove = true }, Cancel);
        await AreThoseOfThePicturesAsync(dataset);
        var stats = await client.GetDatasetStatsAsync(org, dataset, Cancel);
        Assert.Equal(9, Assert.Single(stats.Classes).Count);
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["none"] = 4,
                ["test"] = 4,
                ["val"] = 1,
            },
            stats.Splits
        );
        Assert.Equal(9, (await client.GetDatasetAsync(org, dataset, Cancel)).ImageCount);
    }

    [Fact]
    public async Task Are_right_while_forty_people_relabel_and_the_parts_are_folded()
    {
        var (session, made) = await _app.RegisterWithDatasetAsync();
        var dataset = made.Id;
        var pictures = (await session.AddImagesAsync(dataset, "daisy", 40)).ToArray();
        await session.AddImagesAsync(dataset, "rose", 1);
        var counts = new DatasetCounts(_app.Contexts);
        var folding = Task.Run(
            async () =>
            {
                for (var round = 0; round < 20; round++)
                    await counts.FoldAsync(Cancel);
            },
            Cancel
        );
        await Task.WhenAll(
            pictures.Select(p => session.Client.UpdateImageAsync(session.Org, dataset, p.Id, new() { Class = "rose" }, Cancel))
        );
        await folding;
        await AreThoseOfThePicturesAsync(dataset);
        await Task.WhenAll(counts.FoldAsync(Cancel), counts.FoldAsync(Cancel));
        Assert.Equal(1, await PartsAsync(dataset));
        await AreThoseOfThePicturesAsync(dataset);
    }
}
