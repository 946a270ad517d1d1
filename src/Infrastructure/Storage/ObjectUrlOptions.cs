namespace GpuGeek.Infrastructure.Storage;

/// <summary>Settings for signed addresses of the folder store.</summary>
public sealed class ObjectUrlOptions
{
    public const string Section = "ObjectUrls";

    /// <summary><c>GPUGEEK_KEYS</c>: folder with the signing key, which is created at first use. The same for all of Api's processes;
    /// null: no address can be signed.</summary>
    public string? Keys { get; set; }

    /// <summary><c>GPUGEEK_PUBLIC_URL</c>: address of the front door that forwards them.</summary>
    public string PublicUrl { get; set; } = "";
}
