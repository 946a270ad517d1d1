using Microsoft.Net.Http.Headers;

namespace GpuGeek.Api.Http.Versions;

/// <summary>JSON of an object with its tag; 304 if the client already has it.</summary>
internal sealed class TaggedJson(byte[] json, IList<EntityTagHeaderValue>? known) : IResult
{
    public EntityTagHeaderValue Tag { get; } = EntityTags.Of(json);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.ETag = Tag.ToString();
        // Private and changeable: the browser may cache it but must revalidate.
        response.Headers.CacheControl = "private, no-cache";
        if (known is not null && EntityTags.Match(known, Tag, strong: false))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json, httpContext.RequestAborted);
    }
}
