namespace GpuGeek.Http;

/// <summary>
/// HEAD answers as GET would, for every route of a host (RFC 9110, 9.3.2): it is routed as GET, so that authorization is the route's own,
/// and the server sends no body. Handlers see HEAD again and may save themselves the body: files are opened and not read, nobody waits
/// for news. Web takes this file too.
/// </summary>
internal static class HeadRequests
{
    public static void UseRoutingWithHead(this WebApplication app)
    {
        app.Use(RouteAsGet);
        app.UseRouting();
        app.Use(ShowHeadAgain);
    }

    /// <summary>The request reads and changes nothing.</summary>
    public static bool OnlyReads(this HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static Task RouteAsGet(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsHead(context.Request.Method))
            return next(context);
        context.Request.Method = HttpMethods.Get;
        context.Items[typeof(HeadRequests)] = true;
        return next(context);
    }

    private static Task ShowHeadAgain(HttpContext context, RequestDelegate next)
    {
        // What no endpoint answers (the pages of the API's description) knows GET alone.
        if (context.Items.Remove(typeof(HeadRequests)) && context.GetEndpoint() is not null)
            context.Request.Method = HttpMethods.Head;
        return next(context);
    }
}
