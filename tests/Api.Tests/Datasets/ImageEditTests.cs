using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class EditingManyPictures(SharedApplication shared) : IClassFixture<SharedApplication>
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

    private static Task<ImageEditResponse> EditAsync(TenantSession session, Guid dataset, EditImagesRequest request) =>
        session.Client.EditImagesAsync(session.Org, dataset, request, Cancel);

    private static Task<ImageEditResponse> UndoAsync(TenantSession session, Guid dataset, ImageEditResponse edit) =>
        session.Client.UndoImageEditAsync(session.Org, dataset, edit.Id, Cancel);

    /// <summary>Every row, as text.</summary>
    private async Task<List<string>> RowsAsync(Guid dataset)
    {
        await using var db = _app.SystemDatabase();
        return
        [
            .. (
                await db
                    .DatasetImages.IgnoreTenantFilter()
                    .Where(i => i.DatasetId == dataset)
                    .Join(db.DatasetClasses.IgnoreTenantFilter(), i => i.ClassId, c => c.Id, (i, c) => new { i, c.Name })
                    .ToListAsync(Cancel)
            )
                .Select(r =>
                    $"{r.i.Id} {r.Name} {r.i.Split} {r.i.GroupName} {r.i.Hash} {r.i.FileName} {r.i.ImportId} {r.i.Bytes} {r.i.CreatedAt:O}"
                )
                .Order(StringComparer.Ordinal),
        ];
    }

    [Fact]
    public async Task Changes_all_that_are_named_and_nothing_else_and_is_undone()
    {
        var (session, dataset, daisies, roses) = await PicturesAsync();
        var before = await RowsAsync(dataset);
        var strange = (await PicturesAsync()).Daisies[0];
        var edit = await EditAsync(
            session,
            dataset,
            new()
            {
                Images = [daisies[0], daisies[1], roses[0], strange, Guid.Empty],
                Class = "rose",
                Split = "val",
                Group = " ann ",
            }
        );
        Assert.Equal((3, null), (edit.Count, edit.UndoneAt));
        // As many ids as a request may have.
        Guid[] unknown = [.. Enumerable.Range(0, 6_000).Select(i => new Guid(i, 1, 1, new byte[8]))];
        Assert.Equal(0, (await EditAsync(session, dataset, new() { Images = unknown, Split = "test" })).Count);
        var now = await RowsAsync(dataset);
        Assert.Equal(3, now.Count(row => row.Contains(" rose val ann ", StringComparison.Ordinal)));
        Assert.Equal(7, now.Intersect(before).Count());
        Assert.Equal(3, (await UndoAsync(session, dataset, edit)).Count);
        Assert.Equal(before, await RowsAsync(dataset));
        Assert.NotNull((await UndoAsync(session, dataset, edit)).UndoneAt);
    }

    [Fact]
    public async Task Means_with_a_filter_what_a_list_with_it_has()
    {
        var (session, dataset, _, _) = await PicturesAsync();
        Assert.Equal(5, (await EditAsync(session, dataset, new() { Filter = new("rose"), Split = "none" })).Count);
        Assert.Equal(1, (await EditAsync(session, dataset, new() { Filter = new(null, "none", "daisy-003"), Split = "train" })).Count);
        Assert.Equal(0, (await EditAsync(session, dataset, new() { Filter = new("tulip"), Split = "train" })).Count);
        Assert.Equal(10, (await EditAsync(session, dataset, new() { Filter = new(), Class = "rose" })).Count);
        var stats = await session.Client.GetDatasetStatsAsync(session.Org, dataset, Cancel);
        Assert.Equal(10, stats.Classes.Single(c => c.Name == "rose").Count);
        Assert.Equal(1, stats.Splits["train"]);
    }

    [Fact]
    public async Task Removes_pictures_which_come_back_as_they_were()
    {
        var (session, dataset, daisies, _) = await PicturesAsync();
        var before = await RowsAsync(dataset);
        var edit = await EditAsync(session, dataset, new() { Filter = new("daisy"), Remove = true });
        Assert.Equal((5, 5), (edit.Count, (await RowsAsync(dataset)).Count));
        // One of them was imported again since.
        await session.AddImagesAsync(dataset, "daisy", 1);
        Assert.Equal(4, (await UndoAsync(session, dataset, edit)).Count);
        Assert.Equal(9, (await RowsAsync(dataset)).Intersect(before).Count());
        Assert.Equal(10, (await RowsAsync(dataset)).Count);
        Assert.Equal(5, daisies.Length);
    }

    [Fact]
    public async Task Keeps_what_somebody_changed_since_when_it_is_undone()
    {
        var (session, dataset, daisies, _) = await PicturesAsync();
        var edit = await EditAsync(session, dataset, new() { Images = daisies, Split = "train" });
        await session.Client.UpdateImageAsync(session.Org, dataset, daisies[0], new() { Split = "test" }, Cancel);
        await session.Client.UpdateImageAsync(session.Org, dataset, daisies[1], new() { Class = "rose" }, Cancel);
        Assert.Equal(3, (await UndoAsync(session, dataset, edit)).Count);
        var rows = await RowsAsync(dataset);
        Assert.Contains(rows, r => r.StartsWith($"{daisies[0]} daisy test", StringComparison.Ordinal));
        Assert.Contains(rows, r => r.StartsWith($"{daisies[1]} rose train", StringComparison.Ordinal));
        Assert.Equal(3, rows.Count(r => r.Contains(" daisy  ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Undone_twenty_times_at_once_is_undone_once()
    {
        var (session, dataset, _, _) = await PicturesAsync(200);
        var before = await RowsAsync(dataset);
        var edit = await EditAsync(session, dataset, new() { Filter = new(), Remove = true });
        var undone = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => UndoAsync(session, dataset, edit)));
        Assert.All(undone, u => Assert.Equal(400, u.Count));
        Assert.Equal(before, await RowsAsync(dataset));
    }

    [Fact]
    public async Task Says_how_far_it_is_before_it_is_saved()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        const int Count = ImageEdit.AtOnce + 1;
        await session.AddImagesAsync(dataset.Id, "daisy", Count);
        Task<ImageEditProgressResponse> ProgressAsync() => session.Client.GetImageEditProgressAsync(session.Org, dataset.Id, Cancel);
        Assert.Equal(new(0, 0), await ProgressAsync());
        Task<ImageEditResponse> edit;
        await using (var db = _app.SystemDatabase())
        await using (await db.Database.BeginTransactionAsync(Cancel))
        {
            // The last picture is held, so the edit waits for it with all others changed.
            await db.Database.ExecuteSqlAsync(
                $"SELECT 1 FROM dataset_images WHERE dataset_id = {dataset.Id} ORDER BY id DESC LIMIT 1 FOR UPDATE",
                Cancel
            );
            edit = EditAsync(session, dataset.Id, new() { Filter = new(), Split = "test" });
            await Eventually.HoldsAsync(ProgressAsync, p => p == new ImageEditProgressResponse(Count - 1, Count));
            Assert.Equal(0, (await session.Client.CountImagesAsync(session.Org, dataset.Id, new(null, "test", null), Cancel)).Count);
        }
        Assert.Equal(Count, (await edit).Count);
        await Eventually.HoldsAsync(ProgressAsync, p => p.Total == 0);
        Assert.Equal(Count, (await UndoAsync(session, dataset.Id, await edit)).Count);
    }

    [Fact]
    public async Task Refuses_what_is_unclear_unknown_or_too_old()
    {
        var (session, dataset, daisies, _) = await PicturesAsync();
        async Task RefusedAsync(EditImagesRequest request, string code) =>
            Assert.Equal(code, (await Answers.RefusedAsync(() => EditAsync(session, dataset, request))).Code);
        await RefusedAsync(new() { Images = daisies }, "edit_unclear");
        await RefusedAsync(new() { Split = "test" }, "edit_unclear");
        await RefusedAsync(
            new()
            {
                Images = daisies,
                Filter = new(),
                Split = "test",
            },
            "edit_unclear"
        );
        await RefusedAsync(
            new()
            {
                Images = daisies,
                Remove = true,
                Split = "test",
            },
            "edit_unclear"
        );
        await RefusedAsync(new() { Images = daisies, Class = "tulip" }, "unknown_class");
        var edit = await EditAsync(session, dataset, new() { Images = daisies, Split = "test" });
        await using (var db = _app.SystemDatabase())
            await db
                .ImageEdits.IgnoreTenantFilter()
                .Where(e => e.Id == edit.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(e => e.CreatedAt, e => e.CreatedAt.AddHours(-25)), Cancel);
        var expired = await Answers.RefusedAsync(() => UndoAsync(session, dataset, edit));
        Assert.Equal((HttpStatusCode.Conflict, "undo_expired"), (expired.Status, expired.Code));
        var (other, foreign, _, _) = await PicturesAsync();
        Assert.Equal("not_found", (await Answers.RefusedAsync(() => UndoAsync(other, foreign, edit))).Code);
    }
}
