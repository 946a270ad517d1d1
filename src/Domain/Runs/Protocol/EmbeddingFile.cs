using System.Buffers.Binary;

namespace GpuGeek.Domain.Runs.Protocol;

/// <summary>One embedding.</summary>
/// <param name="Picture">SHA-256 of the picture's bytes.</param>
/// <param name="View">How the picture was cut for the network.</param>
/// <param name="Vector">float32, little endian.</param>
public sealed record EmbeddingRecord(byte[] Picture, byte View, byte[] Vector);

/// <summary>
/// The embeddings of a run's pictures, in its directory: the supervisor writes those that are known before the trainer starts, the trainer
/// appends the others. A header of 8 bytes names the format and the numbers of one embedding; each record has 32 bytes of the picture's
/// hash, one of the view, then the numbers.
/// </summary>
public static class EmbeddingFile
{
    private const int HeaderBytes = 8,
        KeyBytes = 33;
    private const string Prefix = "embeddings-",
        Suffix = ".bin";

    /// <param name="key">Of <see cref="EmbeddingKey"/>: another network or preprocessing needs another file.</param>
    public static string PathIn(RunDirectory directory, byte[] key) =>
        Path.Combine(directory.Cache, $"{Prefix}{Convert.ToHexStringLower(key)}{Suffix}");

    /// <summary>The files of a run directory with their keys.</summary>
    public static IEnumerable<(string Path, byte[] Key)> AllIn(RunDirectory directory) =>
        Directory.Exists(directory.Cache)
            ? Directory
                .EnumerateFiles(directory.Cache, $"{Prefix}*{Suffix}")
                .Select(path => (path, Convert.FromHexString(Path.GetFileName(path)[Prefix.Length..^Suffix.Length])))
            : [];

    /// <summary>Reads all records, and leaves the file at their end: the incomplete record of a killed process is behind it.</summary>
    /// <returns>Empty if the header is incomplete.</returns>
    public static IEnumerable<EmbeddingRecord> Read(Stream file)
    {
        var header = new byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.AsSpan(0, 4).SequenceEqual("GGE1"u8))
        {
            file.Position = 0;
            yield break;
        }
        var record = new byte[KeyBytes + BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)) * sizeof(float)];
        for (var left = (file.Length - HeaderBytes) / record.Length; left > 0; left--)
        {
            file.ReadExactly(record);
            yield return new(record[..(KeyBytes - 1)], record[KeyBytes - 1], record[KeyBytes..]);
        }
    }

    /// <param name="width">Numbers of one embedding.</param>
    public static byte[] Header(int width)
    {
        var header = new byte[HeaderBytes];
        "GGE1"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), width);
        return header;
    }

    public static byte[] Bytes(EmbeddingRecord record) => [.. record.Picture, record.View, .. record.Vector];
}
