using System.Diagnostics;
using System.Net;
using GpuGeek.Web.Accounts;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace GpuGeek.Web.FrontDoor;

/// <summary>Forwards Api's paths to Api: one origin for pages, uploads, the live hub and curl.</summary>
internal static partial class FrontDoorRoutes
{
    private static readonly string[] Forwarded = ["/api", "/hubs", "/v2", "/customvision", "/swagger", Dashboard];

    /// <summary>The operator's pages about recurring work: Api serves them.</summary>
    private const string Dashboard = "/operator/jobs";

    /// <summary>No total time limit; an hour without activity ends the request.</summary>
    private static readonly ForwarderRequestConfig Patient = new()
    {
        ActivityTimeout = TimeSpan.FromHours(1),
        AllowResponseBuffering = false,
    };

    public static bool IsForwarded(PathString path) =>
        path == "/readyz" || Array.Exists(Forwarded, prefix => path.StartsWithSegments(prefix));

    /// <summary>A forwarded page, which runs its own scripts in the browser.</summary>
    public static bool IsPage(PathString path) => path.StartsWithSegments(Dashboard);

    /// <summary>Points of a run's curves: hundreds of kilobytes of JSON.</summary>
    public static bool IsCurves(PathString path) =>
        path.StartsWithSegments("/api") && path.Value!.EndsWith("/metrics", StringComparison.Ordinal);

    public static void AddFrontDoor(this IServiceCollection services)
    {
        services.AddHttpForwarder();
        services.AddSingleton<CsrfTokens>();
        services.AddSingleton<FrontTransformer>();
        services.AddSingleton(_ => new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                UseCookies = false,
                EnableMultipleHttp2Connections = true,
                ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
                ConnectTimeout = TimeSpan.FromSeconds(5),
                // Api checks the token, the plan and the disk before it accepts a large body.
                Expect100ContinueTimeout = TimeSpan.FromSeconds(30),
            }
        ));
    }

    public static void MapFrontDoor(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in Forwarded)
            routes.Map(prefix + "/{**rest}", ForwardAsync).DisableAntiforgery();
        routes.Map("/readyz", ForwardAsync);
    }

    private static async Task ForwardAsync(
        HttpContext context,
        IHttpForwarder forwarder,
        HttpMessageInvoker invoker,
        FrontTransformer transformer,
        SessionCookie cookie,
        CsrfTokens csrf,
        IOptions<WebOptions> options,
        ILoggerFactory loggers
    )
    {
        if (!CsrfRule.Allows(context.Request, cookie.Read(context.Request), csrf))
        {
            await Problems.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "csrf",
                "The request does not come from a page of this site.",
                "A change made with the session cookie must carry the header X-GpuGeek-Csrf.",
                "Reload the page, or send an API key as Authorization: Bearer."
            );
            return;
        }
        var counted = RefusedBody.Count(context.Request);
        var error = await forwarder.SendAsync(context, options.Value.ApiUrl, invoker, Patient, transformer, context.RequestAborted);
        if (error == ForwarderError.None || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
            return;
        if (
            error is ForwarderError.RequestBodyDestination
            && counted is not null
            && await IsAliveAsync(invoker, options.Value, context.RequestAborted)
        )
        {
            // Api closed the connection in the middle of a body without a length: a limit was reached.
            if (await RefusedBody.TryAnswerAsync(context, counted.Bytes, invoker, transformer, options.Value))
                return;
            await Problems.WriteAsync(
                context,
                StatusCodes.Status413PayloadTooLarge,
                "too_large",
                "Request Entity Too Large",
                "The request is larger than this address allows.",
                "Send less, or send Content-Length first so that the size is checked before the upload."
            );
            return;
        }
        LogUnreachable(
            loggers.CreateLogger("GpuGeek.Web.FrontDoor"),
            error,
            context.Features.Get<IForwarderErrorFeature>()?.Exception?.Message
        );
        await Problems.UnreachableAsync(context);
    }

    private static async Task<bool> IsAliveAsync(HttpMessageInvoker invoker, WebOptions options, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(options.ApiUrl), "/healthz"));
            using var response = await invoker.SendAsync(request, limit.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Request to the API failed: {Error}: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, ForwarderError error, string? reason);
}
