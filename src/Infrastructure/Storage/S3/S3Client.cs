using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <param name="Key">Empty for the bucket itself.</param>
internal sealed record S3Request(HttpMethod Method, string Key, params (string Name, string Value)[] Query)
{
    public ReadOnlyMemory<byte> Body { get; init; }
    public RangeHeaderValue? Range { get; init; }

    /// <summary>The request is idempotent.</summary>
    public bool Repeatable { get; init; } = true;

    /// <summary>Time limit from sending to the response headers.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>Signed requests to one bucket. Network errors and a busy service are retried; refused requests are not.</summary>
internal sealed class S3Client : IDisposable
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromMilliseconds(200),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(4),
        TimeSpan.FromSeconds(10),
    ];

    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AllowAutoRedirect = false,
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
    private readonly S3Signature _signature;
    private readonly Uri _endpoint;
    private readonly string _bucket;
    private readonly TimeProvider _clock;

    public S3Client(ObjectStoreOptions options, S3Signature signature, TimeProvider clock)
    {
        (_endpoint, _bucket, _signature, _clock) = (new(options.Endpoint), options.Bucket, signature, clock);
    }

    /// <summary>Returns the response before its body is read.</summary>
    /// <returns>Null for 404.</returns>
    /// <exception cref="ObjectStoreException"/>
    public async Task<HttpResponseMessage?> SendAsync(S3Request request, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            Exception? broken = null;
            HttpResponseMessage? response = null;
            try
            {
                response = await SendOnceAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                    return response;
            }
            catch (Exception failure) when (failure is HttpRequestException or TimeoutException)
            {
                broken = failure;
            }
            if (attempt == Waits.Length || !request.Repeatable || (response is not null && !IsPassing(response.StatusCode)))
                return await RefusedAsync(request, response, broken, cancellationToken);
            response?.Dispose();
            await Task.Delay(Waits[attempt], _clock, cancellationToken);
        }
    }

    public async Task<XElement> ReadXmlAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            try
            {
                return await XElement.LoadAsync(body, LoadOptions.PreserveWhitespace, cancellationToken);
            }
            catch (XmlException failure)
            {
                throw new ObjectStoreException(
                    $"{_endpoint} sent a response that is not S3 XML. Is GPUGEEK_S3_ENDPOINT the address of the S3 service?",
                    failure
                );
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(S3Request request, CancellationToken cancellationToken)
    {
        var address = new S3Address(_endpoint, _bucket, request.Key, request.Query);
        using var message = new HttpRequestMessage(request.Method, address.ToUri());
        if (request.Range is not null)
            message.Headers.Range = request.Range;
        if (request.Method == HttpMethod.Put || request.Method == HttpMethod.Post)
            message.Content = new ReadOnlyMemoryContent(request.Body);
        // The service compares the hash with the received bytes.
        _signature.Sign(message, address, Convert.ToHexStringLower(SHA256.HashData(request.Body.Span)), _clock.GetUtcNow());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(request.Patience);
        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"timeout: no response within {request.Patience.TotalSeconds} s");
        }
    }

    private static bool IsPassing(HttpStatusCode status) =>
        status
            is HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout
                or HttpStatusCode.TooManyRequests
                or HttpStatusCode.RequestTimeout;

    private async Task<HttpResponseMessage?> RefusedAsync(
        S3Request request,
        HttpResponseMessage? response,
        Exception? broken,
        CancellationToken cancellationToken
    )
    {
        if (response is null)
            throw new ObjectStoreException(
                $"The object store at {_endpoint} cannot be reached: {broken!.Message}. Check that the service is running and that "
                    + "GPUGEEK_S3_ENDPOINT is correct.",
                broken
            );
        using (response)
        {
            var (code, message) = await ErrorAsync(response, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound && code != "NoSuchBucket")
                return null;
            throw new ObjectStoreException(
                (
                    $"The object store at {_endpoint} responded {(int)response.StatusCode} {code} to {request.Method} "
                    + $"{_bucket}/{request.Key}: {message} {Hint(code, response.StatusCode)}"
                ).Trim()
            );
        }
    }

    private static async Task<(string Code, string Message)> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!text.Contains("<Error>", StringComparison.Ordinal))
            return ("", "");
        try
        {
            var error = XElement.Parse(text);
            return ((string?)error.Element("Code") ?? "", (string?)error.Element("Message") ?? "");
        }
        catch (XmlException)
        {
            return ("", text.Length > 200 ? text[..200] : text);
        }
    }

    private static string Hint(string code, HttpStatusCode status) =>
        (code, status) switch
        {
            ("NoSuchBucket", _) => "Create the bucket with deploy/object-store/seed.py.",
            ("RequestTimeTooSkewed", _) => "Correct the clock of this machine.",
            ("InvalidAccessKeyId" or "SignatureDoesNotMatch" or "AuthorizationHeaderMalformed", _)
            or (_, HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized) =>
                "Check GPUGEEK_S3_ACCESS_KEY, GPUGEEK_S3_SECRET_KEY and GPUGEEK_S3_REGION, and the permissions of the key.",
            _ => "",
        };
}
