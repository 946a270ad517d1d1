using System.IO.Compression;
using System.Text.Json;

namespace GpuGeek.Domain.Datasets;

/// <summary>Pictures or labels as they were, in a few bytes each: JSON, compressed.</summary>
public static class FormerImages
{
    public static byte[] Write<T>(IReadOnlyCollection<T> images)
    {
        using var bytes = new MemoryStream();
        using (var compressed = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            JsonSerializer.Serialize(compressed, images);
        return bytes.ToArray();
    }

    public static List<T> Read<T>(byte[] written)
    {
        using var compressed = new BrotliStream(new MemoryStream(written), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<List<T>>(compressed)!;
    }
}
