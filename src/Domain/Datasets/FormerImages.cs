using System.IO.Compression;
using System.Text.Json;

namespace GpuGeek.Domain.Datasets;

/// <summary>Rows of pictures as they were, in a few bytes each: JSON, compressed.</summary>
public static class FormerImages
{
    public static byte[] Write(IReadOnlyCollection<DatasetImage> images)
    {
        using var bytes = new MemoryStream();
        using (var compressed = new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            JsonSerializer.Serialize(compressed, images);
        return bytes.ToArray();
    }

    public static List<DatasetImage> Read(byte[] written)
    {
        using var compressed = new BrotliStream(new MemoryStream(written), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<List<DatasetImage>>(compressed)!;
    }
}
