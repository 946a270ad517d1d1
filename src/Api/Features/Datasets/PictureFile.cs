using GpuGeek.Api.Http;
using GpuGeek.Domain.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>The response with a stored picture or its thumbnail.</summary>
internal static class PictureFile
{
    /// <param name="hash">Of the original: its bytes and its thumbnail never change.</param>
    /// <param name="name">For whoever saves it.</param>
    public static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> GetAsync(
        IObjectStore store,
        string key,
        string type,
        string hash,
        string name,
        HttpContext http,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var stream = await store.OpenReadAsync(key, cancellationToken);
            // Pictures belong to the organisation: a browser may cache them but must revalidate each time. A 304 is cheap, and a removed
            // member gets 404.
            http.Response.Headers.CacheControl = "private, no-cache";
            http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("inline") { FileNameStar = name }.ToString();
            http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            return TypedResults.Stream(stream, type, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{hash}\""));
        }
        catch (ObjectNotFoundException)
        {
            return Problems.NotFound();
        }
    }
}
