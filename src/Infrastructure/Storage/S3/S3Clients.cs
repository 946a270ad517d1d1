using Minio;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>The SDK's clients of one bucket, over one transport.</summary>
internal sealed class S3Clients : IDisposable
{
    private readonly ObjectStoreOptions _options;
    private readonly S3Transport _transport;

    public S3Clients(ObjectStoreOptions options, TimeProvider clock)
    {
        (_options, _transport) = (options, new(options, clock));
        Http = new(_transport, disposeHandler: false);
        Inner = Client(options.Endpoint, Http);
        Public = options.PublicEndpoint is { Length: > 0 } address ? Client(address, Http) : Inner;
    }

    public HttpClient Http { get; }
    public IMinioClient Inner { get; }

    /// <summary>Signs addresses for browsers.</summary>
    public IMinioClient Public { get; }

    /// <summary>Sends one upload in parts, or ends it.</summary>
    public IMinioClient Of(string key, string? upload = null) =>
        Client(_options.Endpoint, new(new S3UploadSession(_transport, key, upload), disposeHandler: false));

    public void Dispose()
    {
        Http.Dispose();
        _transport.Dispose();
    }

    private IMinioClient Client(string endpoint, HttpClient http)
    {
        var address = new Uri(endpoint);
        var client = new MinioClient()
            .WithEndpoint(address)
            .WithSSL(address.Scheme == Uri.UriSchemeHttps)
            // Without it, the SDK asks the service for the region of the bucket.
            .WithRegion(_options.Region)
            .WithCredentials(_options.AccessKey, _options.SecretKey)
            .WithHttpClient(http)
            .Build();
        // The SDK has set half an hour; the limits are those of the transport.
        http.Timeout = Timeout.InfiniteTimeSpan;
        return client;
    }
}
