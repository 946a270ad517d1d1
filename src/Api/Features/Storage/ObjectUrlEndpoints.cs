using GpuGeek.Api.Http;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Storage;

/// <summary>Serves signed addresses for the folder store, as a bucket's service does for its own. The token is the only
/// authorisation.</summary>
internal static class ObjectUrlEndpoints
{
    public static void MapObjectUrls(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        // A bucket serves its own addresses, and without a key no address can have been signed.
        if (
            services.GetRequiredService<IOptions<ObjectStoreOptions>>().Value.IsS3
            || services.GetRequiredService<IOptions<ObjectUrlOptions>>().Value.Keys is not { Length: > 0 }
        )
            return;
        routes.MapGet(FolderObjectUrls.Route + "{token}", GetAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> GetAsync(
        string token,
        FolderObjectUrls urls,
        IObjectStore store,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var (grant, refusal) = SignedTokens.Check(token, urls.Signer);
        if (grant is null)
            return refusal!;
        var stream = await store.OpenReadAsync(grant.Key, cancellationToken);
        // Always sent as a download: never shown as a page of this site.
        http.Response.Headers.ContentDisposition = UrlRules.Disposition(grant.FileName);
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Stream(stream, "application/octet-stream", enableRangeProcessing: true);
    }
}
