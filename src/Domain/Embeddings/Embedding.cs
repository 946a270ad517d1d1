using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Embeddings;

/// <summary>
/// What a frozen network sees in a picture, kept because computing it takes much longer than reading it. It is derived: it can be deleted
/// at any time, and is deleted with its picture.
/// </summary>
public sealed class Embedding : ITenantOwned
{
    public required Guid OrgId { get; init; }

    /// <summary>SHA-256 of architecture, weights and preprocessing: <see cref="Runs.Protocol.EmbeddingKey"/>. Not a reference to a stored
    /// object, and so not in hex.</summary>
    public required byte[] Backbone { get; init; }

    /// <summary>SHA-256 of the picture's bytes.</summary>
    public required byte[] Picture { get; init; }

    /// <summary>How the picture was cut for the network: a number of the training engine.</summary>
    public required short View { get; init; }

    /// <summary>The numbers, as float32 in the processor's order (little endian).</summary>
    public required byte[] Vector { get; init; }

    /// <summary>When it was last read: the least recently used are evicted first.</summary>
    public required DateTimeOffset UsedAt { get; init; }
}
