using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Security;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>Signed addresses of the folder store: Api's route <see cref="Route"/> serves them.</summary>
public sealed class FolderObjectUrls : IObjectUrls
{
    /// <summary>The token is appended.</summary>
    public const string Route = "/api/v1/objects/";

    private const string SecretFile = "object-urls.key";

    private readonly ObjectUrlOptions _options;
    private readonly Lazy<ObjectUrlSigner> _signer;

    public FolderObjectUrls(IOptions<ObjectUrlOptions> options, TimeProvider clock)
    {
        _options = options.Value;
        _signer = new(() => new(ReadOrCreateSecret(), clock));
    }

    /// <exception cref="InvalidOperationException"><c>GPUGEEK_KEYS</c> is not set.</exception>
    public ObjectUrlSigner Signer => _signer.Value;

    public Task<Uri> SignDownloadAsync(string key, string fileName, TimeSpan lifetime)
    {
        UrlRules.CheckDownload(key, lifetime);
        var token = Signer.Sign(key, fileName, lifetime);
        return Task.FromResult(new Uri(_options.PublicUrl.TrimEnd('/') + Route + token));
    }

    private byte[] ReadOrCreateSecret()
    {
        if (_options.Keys is not { Length: > 0 } folder)
            throw new InvalidOperationException(
                "GPUGEEK_KEYS is not set: it is the folder with the key that signs addresses of the folder store. Set it for Api, with "
                    + "the same value for all of its processes."
            );
        return KeyFile.ReadOrCreate(
            folder,
            SecretFile,
            path => new InvalidOperationException(
                $"{path} does not hold {KeyFile.Bytes} bytes. Delete it: a new key is created, and issued addresses become invalid."
            )
        );
    }
}
