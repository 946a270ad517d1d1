using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

internal static class ImageEndpoints
{
    private sealed record Row(DatasetImage Image, string? Class);

    public static void Map(RouteGroupBuilder datasets)
    {
        var group = datasets.MapGroup("/{dataset:guid}/images").WithTags("Images");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("ListImages");
        group.MapGet("/count", CountAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("CountImages");
        group.MapGet("/{image:guid}", GetAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("GetImage");
        group.MapPatch("/{image:guid}", UpdateAsync).Needs(Role.Editor, Scopes.DatasetsWrite).WithName("UpdateImage");
        group.MapDelete("/{image:guid}", DeleteAsync).Needs(Role.Editor, Scopes.DatasetsWrite).WithName("DeleteImage");
        group.MapGet("/{image:guid}/content", ContentAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("GetImageContent");
        group.MapGet("/{image:guid}/thumbnail", ThumbnailAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("GetImageThumbnail");
    }

    /// <summary>List the pictures of a dataset</summary>
    /// <remarks>
    /// Filters: <c>class</c>, <c>split</c> (or <c>none</c>), <c>q</c> (a part of the file name), <c>addedFrom</c>, <c>addedTo</c>,
    /// <c>addedBy</c>, <c>labelled</c>, <c>archived</c> for those that were put aside, and <c>wrongBy</c>, a model and its version such
    /// as <c>flowers/2</c>, for the test pictures that it predicted wrong. <c>sort</c>: <c>added</c> (the default), <c>name</c> or
    /// <c>size</c>, with a <c>-</c> before it the other way round. <c>at</c>: instead of <c>after</c>, number of pictures to skip,
    /// however many; while others add and remove pictures it is not exact.
    /// </remarks>
    private static async Task<Results<Ok<Page<ImageResponse>>, ProblemHttpResult>> ListAsync(
        Guid dataset,
        Tenant tenant,
        GpuGeekDbContext db,
        ImageFilterQuery query,
        ImageAnchors anchors,
        HttpRequest http,
        CancellationToken cancellationToken,
        string? split = null,
        string? q = null,
        DateTimeOffset? addedFrom = null,
        DateTimeOffset? addedTo = null,
        Guid? addedBy = null,
        bool? labelled = null,
        bool archived = false,
        string? wrongBy = null,
        string? sort = null,
        int? at = null,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var order = ImageOrder.Of(sort);
        var filter = new ImageFilter(http.Query["class"], split, q, addedFrom, addedTo, addedBy, labelled, archived, wrongBy);
        if (at < 0 || (at is not null && after is not null))
            return Problems.Impossible(
                "invalid_start",
                "'at' must be a number from 0 on, and is not sent with 'after'.",
                "Send ?at= for the first page, and the value of 'next' as 'after' for the others."
            );
        var images = at is { } ordinal
            ? await anchors.FromAsync(query, dataset, filter, order, ordinal, cancellationToken)
            : order.Sort(After(await query.ImagesOfAsync(dataset, filter, cancellationToken), order, after));
        var rows = images is null ? [] : await RowsOf(db, images.Take(size + 1)).ToListAsync(cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, r => order.KeyOf(r.Image), r => Response(r, tenant.Slug)));
    }

    private static IQueryable<DatasetImage> After(IQueryable<DatasetImage> images, ImageOrder order, string? cursor) =>
        Paging.AfterKey(cursor) is { } key ? order.After(images, key) ?? throw Paging.Invalid() : images;

    private static IQueryable<Row> RowsOf(GpuGeekDbContext db, IQueryable<DatasetImage> images) =>
        images.AsNoTracking().Select(i => new Row(i, db.DatasetClasses.Where(c => c.Id == i.ClassId).Select(c => c.Name).FirstOrDefault()));

    /// <summary>Count the pictures of a dataset; filters as in the list</summary>
    private static async Task<Ok<ImageCountResponse>> CountAsync(
        Guid dataset,
        ImageFilterQuery query,
        HttpRequest http,
        CancellationToken cancellationToken,
        string? split = null,
        string? q = null,
        DateTimeOffset? addedFrom = null,
        DateTimeOffset? addedTo = null,
        Guid? addedBy = null,
        bool? labelled = null,
        bool archived = false,
        string? wrongBy = null
    )
    {
        var filter = new ImageFilter(http.Query["class"], split, q, addedFrom, addedTo, addedBy, labelled, archived, wrongBy);
        if (!filter.IsDetailed)
            return TypedResults.Ok(
                new ImageCountResponse(await query.CountsOf(dataset, filter).SumAsync(c => c.Images, cancellationToken), false)
            );
        var images = await query.ImagesOfAsync(dataset, filter, cancellationToken);
        var count = await images.Take(ImageFilterQuery.FewNamed + 1).CountAsync(cancellationToken);
        return TypedResults.Ok(new ImageCountResponse(Math.Min(count, ImageFilterQuery.FewNamed), count > ImageFilterQuery.FewNamed));
    }

    /// <summary>Get the data of a picture</summary>
    private static async Task<Results<Ok<ImageResponse>, ProblemHttpResult>> GetAsync(
        Guid dataset,
        Guid image,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await RowsOf(db, db.DatasetImages.Where(i => i.DatasetId == dataset && i.Id == image)).FirstOrDefaultAsync(cancellationToken)
            is { } row
            ? TypedResults.Ok(Response(row, tenant.Slug))
            : Problems.NotFound();

    /// <summary>Change the class or split of a picture, or archive it; versions that contain it do not change</summary>
    private static async Task<Results<Ok<ImageResponse>, ProblemHttpResult>> UpdateAsync(
        Guid dataset,
        Guid image,
        UpdateImageRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        if (await db.DatasetImages.FirstOrDefaultAsync(i => i.DatasetId == dataset && i.Id == image, cancellationToken) is not { } row)
            return Problems.NotFound();
        if (request.Class is "")
            row.ClassId = null;
        else if (request.Class is { } name)
        {
            var (id, unknown) = await ClassLookup.FindAsync(db, dataset, name, cancellationToken);
            if (unknown is not null)
                return unknown;
            row.ClassId = id;
        }
        if (request.Split is { } split)
            row.Split = split == "none" ? null : split;
        if (request.Group is { } group)
            row.GroupName = string.IsNullOrWhiteSpace(group) ? null : group.Trim();
        row.IsArchived = request.Archived ?? row.IsArchived;
        await db.SaveChangesAsync(cancellationToken);
        var label = await db.DatasetClasses.Where(c => c.Id == row.ClassId).Select(c => c.Name).SingleOrDefaultAsync(cancellationToken);
        return TypedResults.Ok(Response(new(row, label), tenant.Slug));
    }

    /// <summary>Remove a picture from the dataset; versions that contain it keep it</summary>
    private static async Task<NoContent> DeleteAsync(
        Guid dataset,
        Guid image,
        GpuGeekDbContext db,
        Change change,
        CancellationToken cancellationToken
    )
    {
        if (await db.DatasetImages.Where(i => i.DatasetId == dataset && i.Id == image).ExecuteDeleteAsync(cancellationToken) == 0)
            change.NoChange();
        return TypedResults.NoContent();
    }

    /// <summary>Download the original picture</summary>
    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ContentAsync(
        Guid dataset,
        Guid image,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(db, dataset, image, cancellationToken) is not { } row)
            return Problems.NotFound();
        return await PictureFile.GetAsync(
            store,
            ObjectKeys.Content(tenant.OrgId, row.Hash),
            $"image/{row.Format}",
            row.Hash,
            row.FileName,
            http,
            cancellationToken
        );
    }

    /// <summary>Get a small JPEG of the picture</summary>
    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ThumbnailAsync(
        Guid dataset,
        Guid image,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(db, dataset, image, cancellationToken) is not { } row)
            return Problems.NotFound();
        return await PictureFile.GetAsync(
            store,
            ObjectKeys.Thumbnail(tenant.OrgId, row.Hash),
            "image/jpeg",
            row.Hash,
            row.FileName,
            http,
            cancellationToken
        );
    }

    private static Task<DatasetImage?> FindAsync(GpuGeekDbContext db, Guid dataset, Guid image, CancellationToken cancellationToken) =>
        db.DatasetImages.AsNoTracking().FirstOrDefaultAsync(i => i.DatasetId == dataset && i.Id == image, cancellationToken);

    private static ImageResponse Response(Row row, string org)
    {
        var image = row.Image;
        var address = $"/api/v1/orgs/{org}/datasets/{image.DatasetId}/images/{image.Id}";
        return new(
            image.Id,
            row.Class ?? "",
            image.Split,
            image.FileName,
            image.Format,
            image.Width,
            image.Height,
            image.Bytes,
            image.Hash,
            $"{address}/thumbnail",
            $"{address}/content",
            image.CreatedAt,
            image.GroupName,
            image.IsArchived
        );
    }
}
