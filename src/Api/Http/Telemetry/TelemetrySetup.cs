// Worker has fewer implicit usings than the web hosts.
#pragma warning disable IDE0005
using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
#pragma warning restore IDE0005

namespace GpuGeek.Telemetry;

/// <summary>
/// Traces and metrics of a host. They leave the process only if the operator says where to: traces and metrics to a collector at
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, metrics on request at <c>GPUGEEK_METRICS</c>.
/// </summary>
internal static class TelemetrySetup
{
    /// <summary>Connections that stay open for hours: what happens in them is traced on its own.</summary>
    private static readonly string[] Untraced = ["/healthz", "/readyz", "/hubs", "/_blazor"];

    /// <param name="host">Its name in traces is <c>gpugeek-{host}</c>.</param>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration, string host)
    {
        services
            .AddOptions<MetricsOptions>()
            .Configure(o => o.Address = configuration["GPUGEEK_METRICS"] ?? "")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        var isExported = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        var isShown = configuration["GPUGEEK_METRICS"] is { Length: > 0 };
        if (!isExported && !isShown)
            return services;
        var version = Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3);
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService($"gpugeek-{host}", serviceVersion: version));
        telemetry.WithMetrics(metrics =>
        {
            // Not System.Net.Http: its labels are addresses that tenants chose for their webhooks.
            metrics
                .AddMeter("GpuGeek.*", "Npgsql", "System.Runtime")
                .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Http.Connections");
            if (isExported)
                metrics.AddOtlpExporter();
            if (isShown)
                metrics.AddReader(provider => provider.GetRequiredService<PrometheusReader>().Metrics);
        });
        if (isShown)
            services.AddSingleton<PrometheusReader>().AddHostedService<MetricsServer>();
        if (isExported)
            telemetry.WithTracing(AddTraces);
        return services;
    }

    private static void AddTraces(TracerProviderBuilder traces) =>
        traces
            .SetSampler(new ParentBasedSampler(new CauseSampler()))
            .AddSource("GpuGeek.*", "Npgsql")
            .AddSource("Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.Server.Circuits")
            .AddAspNetCoreInstrumentation(requests =>
            {
                requests.Filter = context =>
                    !Array.Exists(Untraced, path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal));
                requests.EnrichWithHttpResponse = (span, response) => NameByRoute(span, response.HttpContext);
            })
            .AddHttpClientInstrumentation(requests =>
                // A presigned address and the address of a webhook are secrets.
                requests.EnrichWithHttpRequestMessage = (span, request) =>
                    span.SetTag("url.full", request.RequestUri?.GetLeftPart(UriPartial.Authority))
            )
            .AddOtlpExporter();

    /// <summary>Paths contain one-time tokens and signed addresses; the route names the place of the value instead.</summary>
    private static void NameByRoute(Activity span, HttpContext context)
    {
        span.SetTag("url.path", (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
        span.SetTag("url.query", null);
    }
}
