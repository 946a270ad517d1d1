using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>Compares two versions of a dataset by their manifests.</summary>
internal static class VersionChangeEndpoints
{
    public static void Map(RouteGroupBuilder datasets)
    {
        var group = datasets.MapGroup("/{dataset:guid}/versions/{version:guid}").WithTags("Versions");
        group.MapGet("/changes", ListAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("ListVersionChanges");
        group
            .MapGet("/pictures/{hash:regex(^[0-9a-f]{{64}}$)}/thumbnail", ThumbnailAsync)
            .Needs(Role.Viewer, Scopes.DatasetsRead)
            .WithName("GetVersionThumbnail");
    }

    /// <summary>Compare a version with another one of its dataset</summary>
    /// <remarks>Pictures that were added, removed, relabelled, moved to another split or put into another group since the version
    /// <c>since</c>, which may also be a newer one. With <c>kind</c> only those. The first page counts them; later pages do not.</remarks>
    private static async Task<Results<Ok<VersionChangesResponse>, ProblemHttpResult>> ListAsync(
        Guid dataset,
        Guid version,
        Guid since,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        CancellationToken cancellationToken,
        string? kind = null,
        string? after = null,
        int? limit = null
    )
    {
        if (kind is not null && !VersionChange.AllKinds.Contains(kind))
            return Problems.Impossible(
                "unknown_kind",
                $"There is no kind of change '{kind}'.",
                $"Use one of {string.Join(", ", VersionChange.AllKinds)}."
            );
        var size = Paging.Limit(limit);
        var last = Paging.AfterKey(after);
        var hashes = await db
            .DatasetVersions.Where(v => v.DatasetId == dataset && (v.Id == version || v.Id == since))
            .ToDictionaryAsync(v => v.Id, v => v.ManifestHash, cancellationToken);
        if (!hashes.TryGetValue(version, out var now) || !hashes.TryGetValue(since, out var before))
            return Problems.NotFound();
        var counts = VersionChange.AllKinds.ToDictionary(k => k, _ => 0, StringComparer.Ordinal);
        var page = new List<VersionChange>(size + 1);
        await foreach (
            var change in VersionChange.OfAsync(
                StoredManifest.StreamAsync(store, tenant.OrgId, before, cancellationToken),
                StoredManifest.StreamAsync(store, tenant.OrgId, now, cancellationToken)
            )
        )
        {
            foreach (var its in change.Kinds)
                counts[its]++;
            var isOnPage = string.CompareOrdinal(change.Hash, last) > 0 && (kind is null || change.Kinds.Contains(kind));
            if (isOnPage && page.Count <= size)
                page.Add(change);
            if (last is not null && page.Count > size)
                break;
        }
        var items = Paging.Of(page, size, c => c.Hash, c => Response(c, $"/api/v1/orgs/{tenant.Slug}/datasets/{dataset}", version, since));
        return TypedResults.Ok(new VersionChangesResponse(last is null ? counts : Nothing, items.Items, items.Next));
    }

    private static readonly Dictionary<string, int> Nothing = [];

    /// <summary>Get a small JPEG of a picture of a version</summary>
    /// <remarks>Also of one that was removed from the dataset since.</remarks>
    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ThumbnailAsync(
        Guid dataset,
        Guid version,
        string hash,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        HttpContext http,
        CancellationToken cancellationToken
    ) =>
        await db.DatasetVersions.AnyAsync(v => v.Id == version && v.DatasetId == dataset, cancellationToken)
            ? await PictureFile.GetAsync(
                store,
                ObjectKeys.Thumbnail(tenant.OrgId, hash),
                "image/jpeg",
                hash,
                $"{hash[..12]}.jpg",
                http,
                cancellationToken
            )
            : Problems.NotFound();

    private static VersionChangeResponse Response(VersionChange change, string dataset, Guid version, Guid since) =>
        new(
            change.Hash,
            [.. change.Kinds],
            Picture(change.Before),
            Picture(change.After),
            $"{dataset}/versions/{(change.After is null ? since : version)}/pictures/{change.Hash}/thumbnail"
        );

    private static VersionPicture? Picture(ManifestEntry? entry) =>
        entry is null ? null : new(entry.Label, entry.Split, entry.Group.Length == 0 ? null : entry.Group);
}
