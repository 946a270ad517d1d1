using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using GpuGeek.Domain.Webhooks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Security.AntiSSRF;

namespace GpuGeek.Infrastructure.Webhooks;

/// <param name="StatusCode">Null if there was no response.</param>
/// <param name="Error">Null if the receiver accepted the message.</param>
public sealed record WebhookAnswer(int? StatusCode, string? Body, string? Error, int DurationMs)
{
    /// <summary>The receiver does not want more messages.</summary>
    public bool IsGone => StatusCode == (int)HttpStatusCode.Gone;
}

/// <summary>Sends one message according to Standard Webhooks. Follows no redirects, stores no cookies, reads at most 2 kB of the
/// response.</summary>
public sealed partial class WebhookClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly WebhookOptions _options;
    private readonly ILogger<WebhookClient> _logger;

    public WebhookClient(IOptions<WebhookOptions> options, ILogger<WebhookClient> logger)
    {
        _logger = logger;
        _options = options.Value;
        // The time limit is per message and includes the response body.
        _http = new(PrivateNetworks.Handler(_options.AllowPrivate)) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new("GpuGeek-Webhooks", "1"));
    }

    /// <param name="secrets">Each signs; several during a rotation.</param>
    /// <param name="cancellationToken">Token of the process, not of the attempt, which has its own time limit.</param>
    /// <exception cref="OperationCanceledException">The process is stopping.</exception>
    public async Task<WebhookAnswer> SendAsync(
        string url,
        WebhookDelivery delivery,
        IEnumerable<string> secrets,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var watch = Stopwatch.StartNew();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        int? status = null;
        try
        {
            if (!_options.AllowPrivate && !url.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
                return Failed("Messages are sent to https addresses only.");
            using var request = Request(url, delivery, secrets, now);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            status = (int)response.StatusCode;
            var body = await BeginningAsync(response.Content, limit.Token);
            return new(status, body, response.IsSuccessStatusCode ? null : Refusal(response.StatusCode), Elapsed());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(
                string.Create(CultureInfo.InvariantCulture, $"No complete response within {_options.Timeout.TotalSeconds:0} seconds.")
            );
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Any exception counts as a failed attempt: otherwise it would be repeated for ever.
            if (Explain(failure) is { } why)
                return Failed(why);
            LogUnexpected(failure, delivery.Id);
            return Failed("The message could not be sent; see the worker's log.");
        }

        WebhookAnswer Failed(string why) => new(status, null, why, Elapsed());
        int Elapsed() => (int)watch.ElapsedMilliseconds;
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(string url, WebhookDelivery delivery, IEnumerable<string> secrets, DateTimeOffset now)
    {
        var body = Encoding.UTF8.GetBytes(delivery.Payload);
        var timestamp = now.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", delivery.MessageId);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(
            "webhook-signature",
            string.Join(' ', secrets.Select(s => WebhookSecret.Sign(s, delivery.MessageId, timestamp, body)))
        );
        return request;
    }

    private static async Task<string> BeginningAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[WebhookDelivery.MaxResponseBytes];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        // PostgreSQL's text type does not allow NUL.
        return Encoding.UTF8.GetString(buffer, 0, read).Replace("\0", "�", StringComparison.Ordinal);
    }

    private static string Refusal(HttpStatusCode status) =>
        (int)status is >= 300 and < 400
            ? $"The receiver responded with {(int)status}; redirects are not followed."
            : $"The receiver responded with {(int)status}.";

    // The messages say what the receiver's admin can fix, and nothing about our own network.
    private static string? Explain(Exception failure) =>
        failure switch
        {
            AntiSSRFException or ArgumentException => "The address is in a private network or on this machine, which is refused.",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
            or SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
                "The host name could not be resolved.",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                "The TLS connection failed: check the receiver's certificate.",
            AuthenticationException => "The TLS connection failed: check the receiver's certificate.",
            HttpRequestException { InnerException: AntiSSRFException } =>
                "The address is in a private network or on this machine, which is refused.",
            HttpRequestException { InnerException: SocketException socket } => Explain(socket),
            SocketException => "The connection failed.",
            HttpRequestException or IOException => "The connection was interrupted.",
            _ => null,
        };

    [LoggerMessage(LogLevel.Error, "Sending delivery {Delivery} failed")]
    private partial void LogUnexpected(Exception failure, Guid delivery);
}
