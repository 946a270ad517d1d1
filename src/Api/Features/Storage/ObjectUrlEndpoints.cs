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
        routes.MapPut(FolderObjectUrls.Route + "{token}", PutAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> GetAsync(
        string token,
        FolderObjectUrls urls,
        IObjectStore store,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var (grant, refusal) = Check(token, HttpMethods.Get, urls.Signer);
        if (grant is null)
            return refusal!;
        var stream = await store.OpenReadAsync(grant.Key, cancellationToken);
        // Always sent as a download: never shown as a page of this site.
        http.Response.Headers.ContentDisposition = UrlRules.Disposition(grant.FileName);
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers.CacheControl = "private, no-store";
        return TypedResults.Stream(stream, "application/octet-stream", enableRangeProcessing: true);
    }

    private static async Task<Results<Ok, ProblemHttpResult>> PutAsync(
        string token,
        FolderObjectUrls urls,
        IObjectStore store,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        var (grant, refusal) = Check(token, HttpMethods.Put, urls.Signer);
        if (grant is null)
            return refusal!;
        if (http.Request.ContentLength > store.FreeBytes)
            return Problems.Of(
                507,
                "store_full",
                "The store is full",
                "There is not enough space for this file.",
                "Ask the operator to free space."
            );
        // If no length is given, the store stops the upload at the disk reserve.
        LongBody.Allow(http, LongBody.MostBytes);
        await store.PutAsync(grant.Key, http.Request.Body, cancellationToken);
        return TypedResults.Ok();
    }

    private static (ObjectGrant?, ProblemHttpResult?) Check(string token, string method, ObjectUrlSigner signer) =>
        signer.Read(token) switch
        {
            { } grant when grant.Method == method && !signer.HasEnded(grant) => (grant, null),
            { } grant when grant.Method == method => (
                null,
                Problems.Forbidden("link_expired", "This address has expired.", "Request a new one.")
            ),
            _ => (
                null,
                Problems.Forbidden(
                    "link_invalid",
                    "This address was not issued by the server, or not for this method.",
                    "Copy the whole address, or request a new one."
                )
            ),
        };
}
