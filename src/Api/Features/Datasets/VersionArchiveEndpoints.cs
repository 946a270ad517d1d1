using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>Downloads of versions: an address for a member, and the archive for everybody who has the address.</summary>
internal static class VersionArchiveEndpoints
{
    private const string Route = "/api/v1/archives/";
    private const string Kept = "keep";

    public static void Map(RouteGroupBuilder datasets) =>
        datasets
            .MapGet("/{dataset:guid}/versions/{version:guid}/archive", GetAsync)
            .Needs(Role.Viewer, Scopes.DatasetsRead)
            .WithTags("Versions")
            .WithName("DownloadVersion");

    public static void MapArchives(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Route + "{token}", DownloadAsync).AllowAnonymous().RequireRateLimiting(RateLimits.Shared).ExcludeFromDescription();

    /// <summary>Get an address that downloads a version as a ZIP archive</summary>
    /// <remarks>
    /// Valid for 15 minutes, for everybody who has it. The archive has <c>split/class/picture</c> and <c>labels.csv</c>; imported again,
    /// it gives a version with the same manifest hash. EXIF, GPS, XMP and comments are left out of the pictures, which changes the bytes
    /// of those that had some: with <c>metadata=keep</c> every picture is as it was uploaded.
    /// </remarks>
    private static async Task<Results<Ok<VersionArchiveResponse>, ProblemHttpResult>> GetAsync(
        Guid dataset,
        Guid version,
        Tenant tenant,
        GpuGeekDbContext db,
        FolderObjectUrls urls,
        IOptions<ApiOptions> options,
        TimeProvider clock,
        CancellationToken cancellationToken,
        string metadata = "strip"
    )
    {
        if (metadata is not ("strip" or Kept))
            return Problems.Impossible("invalid_metadata", "'metadata' must be 'strip' or 'keep'.", "Leave it away to strip them.");
        var found = await db
            .DatasetVersions.Where(v => v.Id == version && v.DatasetId == dataset)
            .Select(v => new { v.Number, db.Datasets.Single(d => d.Id == dataset).Name })
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null)
            return Problems.NotFound();
        var token = urls.Signer.Sign(
            new ArchiveKey(tenant.OrgId, dataset, version, metadata == Kept).ToString(),
            $"{found.Name} v{found.Number}.zip",
            IObjectUrls.MaxLifetime
        );
        return TypedResults.Ok(
            new VersionArchiveResponse(options.Value.PublicUrl + Route + token, clock.GetUtcNow() + IObjectUrls.MaxLifetime)
        );
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> DownloadAsync(
        string token,
        FolderObjectUrls urls,
        IDbContexts contexts,
        IObjectStore store,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var (grant, refusal) = SignedTokens.Check(token, urls.Signer);
        if (grant is null)
            return refusal!;
        if (ArchiveKey.Parse(grant.Key) is not { } key)
            return Problems.NotFound();
        await using var db = contexts.ForOrg(key.Org);
        var version = await db
            .DatasetVersions.AsNoTracking()
            .FirstOrDefaultAsync(
                v => v.Id == key.Version && v.DatasetId == key.Dataset && db.Datasets.Any(d => d.Id == v.DatasetId),
                cancellationToken
            );
        if (version is null)
            return Problems.NotFound();
        http.Response.Headers.ContentDisposition = UrlRules.Disposition(grant.FileName);
        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Stream(
            async body =>
            {
                await using var own = contexts.ForOrg(key.Org);
                await using var patient = new PatientStream(body);
                await new VersionArchive(own, store, version, key.KeepsMetadata).WriteAsync(patient, cancellationToken);
            },
            "application/zip"
        );
    }

    /// <summary>What a signed address of an archive grants, in the form of an object's key that no object has.</summary>
    private sealed record ArchiveKey(Guid Org, Guid Dataset, Guid Version, bool KeepsMetadata)
    {
        public static ArchiveKey? Parse(string key) =>
            key.Split('/') is ["archives", var org, var dataset, var version, var metadata]
            && Guid.TryParseExact(org, "N", out var orgId)
            && Guid.TryParseExact(dataset, "N", out var datasetId)
            && Guid.TryParseExact(version, "N", out var versionId)
                ? new(orgId, datasetId, versionId, metadata == Kept)
                : null;

        public override string ToString() => $"archives/{Org:N}/{Dataset:N}/{Version:N}/{(KeepsMetadata ? Kept : "strip")}";
    }
}
