using GpuGeek.Api.Http.Auth;

namespace GpuGeek.Api.Http.Versions;

/// <summary>Runs the GET of a path inside the request that is about to change the object, to get its current representation.</summary>
internal sealed class Representations(EndpointDataSource endpoints)
{
    private readonly Lazy<Dictionary<string, RouteEndpoint>> _byPattern = new(() =>
        endpoints
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e =>
                e.Metadata.GetMetadata<Needs>() is not null
                && e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true
            )
            .ToDictionary(e => Pattern(e))
    );

    /// <summary>The GET of the same path; null: there is none.</summary>
    public RouteEndpoint? Find(HttpContext http) =>
        http.GetEndpoint() is RouteEndpoint route ? _byPattern.Value.GetValueOrDefault(Pattern(route)) : null;

    /// <summary>The current tag, read with the request's database context and therefore in its transaction; null: the object does not
    /// exist.</summary>
    public static async Task<string?> TagAsync(HttpContext http, RouteEndpoint get)
    {
        var probe = new DefaultHttpContext
        {
            RequestServices = http.RequestServices,
            User = http.User,
            RequestAborted = http.RequestAborted,
        };
        probe.Request.Method = HttpMethods.Get;
        probe.Request.Path = http.Request.Path;
        probe.Request.RouteValues = new(http.Request.RouteValues);
        probe.Response.Body = Stream.Null;
        probe.SetEndpoint(get);
        await get.RequestDelegate!(probe);
        return probe.Response.StatusCode == StatusCodes.Status200OK ? probe.Response.Headers.ETag.ToString() : null;
    }

    private static string Pattern(RouteEndpoint route) => route.RoutePattern.RawText!.Trim('/');
}
