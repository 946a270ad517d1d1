namespace GpuGeek.Infrastructure.Storage;

/// <summary>What signed addresses of the folder store need.</summary>
public sealed class ObjectUrlOptions
{
    public const string Section = "ObjectUrls";

    /// <summary><c>GPUGEEK_KEYS</c>: folder that holds the key they are signed with, made at first use. The same for all of Api's
    /// processes; null: no address can be signed.</summary>
    public string? Keys { get; set; }

    /// <summary><c>GPUGEEK_PUBLIC_URL</c>: where the front door forwards them from.</summary>
    public string PublicUrl { get; set; } = "";
}
