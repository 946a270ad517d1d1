using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Datasets;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>Changes many pictures in one transaction, and keeps what they were so that it can be undone.</summary>
internal static class ImageEditEndpoints
{
    public static void Map(RouteGroupBuilder datasets)
    {
        var group = datasets.MapGroup("/{dataset:guid}/images/edits").WithTags("Images");
        group.MapPost("", EditAsync).Needs(Role.Editor, Scopes.DatasetsWrite).Idempotent().WithName("EditImages");
        group.MapGet("/progress", ProgressAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("GetImageEditProgress");
        group.MapPost("/{edit:guid}/undo", UndoAsync).Needs(Role.Editor, Scopes.DatasetsWrite).Idempotent().WithName("UndoImageEdit");
    }

    /// <summary>Get the progress of an edit</summary>
    /// <remarks>Of the edit of this dataset that is running now, or of its undo: how many pictures it has changed. A request that edits
    /// many pictures takes seconds; ask this beside it.</remarks>
    private static async Task<Results<Ok<ImageEditProgressResponse>, ProblemHttpResult>> ProgressAsync(
        Guid dataset,
        GpuGeekDbContext db,
        EditProgress progress,
        CancellationToken cancellationToken
    ) => await db.Datasets.AnyAsync(d => d.Id == dataset, cancellationToken) ? TypedResults.Ok(progress.Of(dataset)) : Problems.NotFound();

    /// <summary>Change or remove many pictures at once</summary>
    /// <remarks>
    /// Of <c>images</c>, or all that <c>filter</c> means: at most 200,000. All of them are changed, or none. It can be undone for a day.
    /// Versions that contain the pictures do not change.
    /// </remarks>
    private static async Task<Results<Ok<ImageEditResponse>, ProblemHttpResult>> EditAsync(
        Guid dataset,
        EditImagesRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        ImageFilterQuery query,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (Unclear(request) is { } refusal)
            return refusal;
        Guid? label = null;
        if (request.Class is { Length: > 0 } name)
        {
            var (id, unknown) = await ClassLookup.FindAsync(db, dataset, name, cancellationToken);
            if (unknown is not null)
                return unknown;
            label = id;
        }
        var meant = request.Images is { } named
            ? db.DatasetImages.Where(i => i.DatasetId == dataset && named.Contains(i.Id))
            : await query.ImagesOfAsync(dataset, request.Filter!, cancellationToken);
        // Two edits of the same dataset wait for each other: what one keeps as it was before is what the other has made.
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM datasets WHERE id = {dataset} FOR NO KEY UPDATE", cancellationToken);
        var before = await meant.AsNoTracking().OrderBy(i => i.Id).Take(ImageEdit.MaxImages + 1).ToListAsync(cancellationToken);
        if (before.Count > ImageEdit.MaxImages)
            return Problems.Impossible(
                "too_many_images",
                $"More than {ImageEdit.MaxImages} pictures are meant.",
                "Filter by class, split or file name, and edit them in parts."
            );
        var edit = new ImageEdit
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            DatasetId = dataset,
            UserId = tenant.UserId,
            CreatedAt = clock.GetUtcNow(),
            Removes = request.Remove,
            ClassId = label,
            Split = request.Split is { } split ? (split == "none" ? "" : split) : null,
            GroupName = request.Group?.Trim(),
            Unlabels = request.Class is "",
            Archives = request.Archived,
            Count = before.Count,
            Before = FormerImages.Write(before),
        };
        if (before.Count == 0)
        {
            change.NoChange();
            return TypedResults.Ok(edit.ToResponse());
        }
        db.ImageEdits.Add(edit);
        await db.SaveChangesAsync(cancellationToken);
        await ReportAsync(live, edit, 0);
        var done = 0;
        foreach (var ids in before.Select(i => i.Id).Chunk(ImageEdit.AtOnce))
        {
            await ApplyAsync(db, edit, ids, cancellationToken);
            await ReportAsync(live, edit, done += ids.Length);
        }
        change.AfterCommit(() => EndAsync(live, edit));
        return TypedResults.Ok(edit.ToResponse());
    }

    /// <summary>Undo a change of many pictures</summary>
    /// <remarks>For a day. Pictures that were changed again since keep that; removed ones come back. Undoing twice changes nothing.
    /// <c>count</c> is the number of pictures that are as they were.</remarks>
    private static async Task<Results<Ok<ImageEditResponse>, ProblemHttpResult>> UndoAsync(
        Guid dataset,
        Guid edit,
        Tenant tenant,
        GpuGeekDbContext db,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM datasets WHERE id = {dataset} FOR NO KEY UPDATE", cancellationToken);
        if (await db.ImageEdits.FirstOrDefaultAsync(e => e.Id == edit && e.DatasetId == dataset, cancellationToken) is not { } row)
            return Problems.NotFound();
        if (row.UndoneAt is not null)
        {
            change.NoChange();
            return TypedResults.Ok(row.ToResponse());
        }
        if (row.CreatedAt + ImageEdit.UndoableFor < clock.GetUtcNow())
            return Problems.Conflict(
                "undo_expired",
                "The change is older than a day, so it cannot be undone any more.",
                "A version of the dataset from before has the pictures as they were: download it, or import it again."
            );
        row.UndoneAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        var restored = await ImageUndo.ApplyAsync(db, row, done => ReportAsync(live, row, done), cancellationToken);
        change.AfterCommit(() => EndAsync(live, row));
        return TypedResults.Ok(row.ToResponse() with { Count = restored });
    }

    private static ProblemHttpResult? Unclear(EditImagesRequest request) =>
        (request.Images is null) == (request.Filter is null)
            ? Problems.Impossible("edit_unclear", "Send either 'images' or 'filter'.", "An empty filter means all pictures of the dataset.")
        : request.Remove
        == (request.Class is not null || request.Split is not null || request.Group is not null || request.Archived is not null)
            ? Problems.Impossible(
                "edit_unclear",
                "Send either 'remove', or what to change: 'class', 'split', 'group' or 'archived'.",
                "The values that are left away stay as they are."
            )
        : null;

    private static Task<int> ApplyAsync(GpuGeekDbContext db, ImageEdit edit, Guid[] ids, CancellationToken cancellationToken)
    {
        var images = db.DatasetImages.Where(i => i.DatasetId == edit.DatasetId && ids.Contains(i.Id));
        return edit.Removes
            ? images.ExecuteDeleteAsync(cancellationToken)
            : images.ExecuteUpdateAsync(
                set =>
                    set.SetProperty(i => i.ClassId, i => edit.Unlabels ? null : edit.ClassId ?? i.ClassId)
                        .SetProperty(i => i.IsArchived, i => edit.Archives ?? i.IsArchived)
                        .SetProperty(
                            i => i.Split,
                            i =>
                                edit.Split == null ? i.Split
                                : edit.Split == "" ? null
                                : edit.Split
                        )
                        .SetProperty(
                            i => i.GroupName,
                            i =>
                                edit.GroupName == null ? i.GroupName
                                : edit.GroupName == "" ? null
                                : edit.GroupName
                        ),
                cancellationToken
            );
    }

    /// <summary>Of what one statement changes, nobody needs the progress.</summary>
    private static Task ReportAsync(ILiveNotifier live, ImageEdit edit, int done) =>
        edit.Count > ImageEdit.AtOnce ? live.EditProgressAsync(edit.OrgId, edit.DatasetId, done, edit.Count) : Task.CompletedTask;

    private static async Task EndAsync(ILiveNotifier live, ImageEdit edit)
    {
        if (edit.Count > ImageEdit.AtOnce)
            await live.EditProgressAsync(edit.OrgId, edit.DatasetId, 0, 0);
        await live.ImportChangedAsync(edit.OrgId, edit.DatasetId);
    }

    private static ImageEditResponse ToResponse(this ImageEdit edit) =>
        new(edit.Id, edit.Count, edit.CreatedAt, edit.CreatedAt + ImageEdit.UndoableFor, edit.UndoneAt);
}
