using System.Net;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>
/// Sends the requests of the SDK. Network errors and a busy service are retried; refused requests are not. Every refusal becomes an
/// exception here, because the SDK does not report some of them, and reports others without the service's message.
/// </summary>
internal sealed class S3Transport(ObjectStoreOptions options, TimeProvider clock)
    : DelegatingHandler(
        new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AllowAutoRedirect = false,
        }
    )
{
    /// <summary>The caller reads the body, which may be large. All other responses are complete when they are returned.</summary>
    public static readonly HttpRequestOptionsKey<bool> Streamed = new("gpugeek.s3.streamed");

    private const int MaxResponseBytes = 64 << 20;
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromMilliseconds(200),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(4),
        TimeSpan.FromSeconds(10),
    ];
    private readonly S3Answers _answers = new(options);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var last = Completes(request) ? 0 : Waits.Length;
        for (var attempt = 0; ; attempt++)
        {
            HttpResponseMessage? response = null;
            try
            {
                response = await SendOnceAsync(request, cancellationToken);
                if (!IsPassing(response.StatusCode) || attempt == last)
                    return WithoutBody(request, await _answers.AcceptAsync(request, response, cancellationToken));
                response.Dispose();
            }
            catch (Exception broken) when (broken is HttpRequestException or TimeoutException)
            {
                response?.Dispose();
                if (attempt == last)
                    throw _answers.Unreachable(broken);
            }
            await Task.Delay(Waits[attempt], clock, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var limit = Completes(request) ? TimeSpan.FromMinutes(10) : TimeSpan.FromMinutes(2);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, patience.Token);
            if (request.Method != HttpMethod.Head && !(response.IsSuccessStatusCode && request.Options.TryGetValue(Streamed, out _)))
                await response.Content.LoadIntoBufferAsync(MaxResponseBytes, patience.Token);
            return response;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            response?.Dispose();
            throw new TimeoutException($"timeout: no response within {limit.TotalSeconds} s");
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    /// <summary>The SDK copies the body of a part that it has sent, and does nothing with the copy.</summary>
    private static HttpResponseMessage WithoutBody(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (request.Method == HttpMethod.Put)
            request.Content = new ByteArrayContent([]);
        return response;
    }

    /// <summary>The request that combines the parts of an upload: the service may need minutes, and must not be asked twice.</summary>
    private static bool Completes(HttpRequestMessage request) =>
        request.Method == HttpMethod.Post && request.RequestUri!.Query.Contains("uploadId=", StringComparison.Ordinal);

    private static bool IsPassing(HttpStatusCode status) =>
        status
            is HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout
                or HttpStatusCode.TooManyRequests
                or HttpStatusCode.RequestTimeout;
}
