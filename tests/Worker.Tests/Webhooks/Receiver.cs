using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Worker.Tests.Webhooks;

/// <param name="Id">Header <c>webhook-id</c>.</param>
/// <param name="Timestamp">Header <c>webhook-timestamp</c>.</param>
/// <param name="Signatures">Header <c>webhook-signature</c>.</param>
internal sealed record Received(string Path, string Id, string Timestamp, string Signatures, string ContentType, byte[] Body)
{
    /// <summary>The verification as in the specification, independent of our own code.</summary>
    public bool IsSignedWith(string secret)
    {
        var key = Convert.FromBase64String(secret.Split('_', 2)[1]);
        using var hmac = new HMACSHA256(key);
        var expected = hmac.ComputeHash(Encoding.UTF8.GetBytes(Id + "." + Timestamp + "." + Encoding.UTF8.GetString(Body)));
        return Signatures
            .Split(' ')
            .Any(s =>
                s.Split(',') is ["v1", var text] && CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(text), expected)
            );
    }
}

/// <summary>A real receiver on this machine. Its response can be changed while it runs.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public ConcurrentQueue<Received> Messages { get; } = new();
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;
    public string Url => _app.Urls.First() + "/hook";

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(receiver.ReceiveAsync);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        string Header(string name) => context.Request.Headers[name].ToString();
        Messages.Enqueue(
            new(
                context.Request.Path,
                Header("webhook-id"),
                Header("webhook-timestamp"),
                Header("webhook-signature"),
                context.Request.ContentType ?? "",
                body.ToArray()
            )
        );
        await Answer(context);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
