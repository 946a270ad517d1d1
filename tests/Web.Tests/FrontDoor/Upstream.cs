using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Web.Tests.FrontDoor;

/// <summary>Takes the place of Api and reports the requests that reached it.</summary>
public sealed class Upstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Upstream(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>The response; the default echoes the request as <see cref="Seen"/>.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = EchoAsync;

    public static async Task<Upstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var upstream = new Upstream(app);
        app.UseWebSockets();
        app.Run(context => upstream.Answer(context));
        await app.StartAsync();
        return upstream;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        long bytes = 0;
        var buffer = new byte[1 << 16];
        for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0; )
            bytes += read;
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        await context.Response.WriteAsJsonAsync(
            new Seen(context.Request.Method, context.Request.Path + context.Request.QueryString, headers, bytes)
        );
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>A request as it reached the upstream.</summary>
public sealed record Seen(string Method, string Path, Dictionary<string, string> Headers, long Bytes)
{
    public string? Header(string name) => Headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public static async Task<Seen> OfAsync(HttpResponseMessage response) =>
        JsonSerializer.Deserialize<Seen>(
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            JsonSerializerOptions.Web
        )!;
}
