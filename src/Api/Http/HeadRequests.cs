namespace GpuGeek.Http;

/// <summary>
/// Answers HEAD like GET, for every route of a host (RFC 9110, 9.3.2). The request is routed as GET, so the route's authorization
/// applies, and the server sends no body. Handlers see HEAD again and can skip the body: files are opened but not read, and long polls do
/// not wait. Web uses this file too.
/// </summary>
internal static class HeadRequests
{
    public static void UseRoutingWithHead(this WebApplication app)
    {
        app.Use(RouteAsGet);
        app.UseRouting();
        app.Use(ShowHeadAgain);
    }

    /// <summary>The request only reads.</summary>
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
        // Pages that are not endpoints (the API description) accept only GET.
        if (context.Items.Remove(typeof(HeadRequests)) && context.GetEndpoint() is not null)
            context.Request.Method = HttpMethods.Head;
        return next(context);
    }
}
