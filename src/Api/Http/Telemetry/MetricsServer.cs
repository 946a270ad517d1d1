// Worker has fewer implicit usings than the web hosts.
#pragma warning disable IDE0005
using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
#pragma warning restore IDE0005

namespace GpuGeek.Telemetry;

/// <summary>
/// Serves <c>/metrics</c> on an address of its own. The labels name deployments and routes, so that no address that people reach may
/// show them: the host's own listener does not know this route.
/// </summary>
internal sealed class MetricsServer(PrometheusReader reader, IOptions<MetricsOptions> options) : IHostedService, IAsyncDisposable
{
    public const string Path = "/metrics";
    private WebApplication? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.EndPoint is not { } address)
            return;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(address));
        _server = builder.Build();
        _server.Run(AnswerAsync);
        try
        {
            await _server.StartAsync(cancellationToken);
        }
        catch (IOException taken)
        {
            throw new InvalidOperationException($"The address {address} in GPUGEEK_METRICS cannot be used: {taken.Message}", taken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != Path || !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        context.Response.ContentType = $"{MediaTypeNames.Text.Plain}; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(reader.Read(), context.RequestAborted);
    }
}
