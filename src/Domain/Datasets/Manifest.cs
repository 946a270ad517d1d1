using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Datasets;

/// <param name="Hash">SHA-256 of the picture's bytes, hex.</param>
/// <param name="Label">Class name.</param>
/// <param name="Split">One of <see cref="Splits"/>.</param>
/// <param name="Group">Pictures of one group stay in the same split; empty for none.</param>
public sealed record ManifestEntry(string Hash, string Label, string Split, string Group = "");

/// <summary>
/// The text of a dataset version: one line per picture, <c>hash TAB label TAB split TAB group LF</c>, sorted by the bytes of the hash.
/// The same pictures, labels and splits give the same bytes, so the hash of the text identifies the version.
/// </summary>
public static class Manifest
{
    private const int BlockLength = 1 << 15;

    /// <summary>The whole text of a few pictures.</summary>
    public static byte[] Write(IEnumerable<ManifestEntry> entries)
    {
        var pictures = new VersionPictures();
        foreach (var entry in entries)
            pictures.Add(new(entry.Hash, entry.Label, entry.Split, entry.Group));
        using var bytes = new MemoryStream();
        foreach (var block in Write(pictures))
            bytes.Write(block.Span);
        return bytes.ToArray();
    }

    /// <summary>The text block by block: that of a million pictures has 90 MB.</summary>
    /// <returns>Each is valid until the next one.</returns>
    public static IEnumerable<ReadOnlyMemory<byte>> Write(VersionPictures pictures)
    {
        var block = new ArrayBufferWriter<byte>(2 * BlockLength);
        foreach (var index in pictures.ByHash())
        {
            WriteLine(block, pictures, index);
            if (block.WrittenCount < BlockLength)
                continue;
            yield return block.WrittenMemory;
            block.ResetWrittenCount();
        }
        yield return block.WrittenMemory;
    }

    /// <returns>The hash of the text, and its length.</returns>
    public static (string Hash, long Length) HashOf(VersionPictures pictures)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        foreach (var block in Write(pictures))
        {
            hash.AppendData(block.Span);
            length += block.Length;
        }
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), length);
    }

    private static void WriteLine(ArrayBufferWriter<byte> to, VersionPictures pictures, int index)
    {
        ref var picture = ref pictures[index];
        picture.Hash.Write(to.GetSpan(ContentHash.TextLength));
        to.Advance(ContentHash.TextLength);
        to.Write("\t"u8);
        Encoding.UTF8.GetBytes(Escape(pictures.Labels[picture.Label]), to);
        to.Write("\t"u8);
        Encoding.UTF8.GetBytes(Splits.All[picture.Split], to);
        to.Write("\t"u8);
        Encoding.UTF8.GetBytes(Escape(pictures.Groups[picture.Group]), to);
        to.Write("\n"u8);
    }

    public static string HashOf(ReadOnlySpan<byte> manifest) => Convert.ToHexStringLower(SHA256.HashData(manifest));

    /// <exception cref="DomainException"><c>manifest_damaged</c>, with the line number.</exception>
    public static List<ManifestEntry> Read(ReadOnlySpan<byte> manifest)
    {
        var entries = new List<ManifestEntry>();
        foreach (var line in Encoding.UTF8.GetString(manifest).Split('\n'))
        {
            if (line.Length == 0)
                continue;
            entries.Add(ReadLine(line, entries.Count + 1));
        }
        return entries;
    }

    /// <param name="line">Without its end.</param>
    /// <param name="number">From 1.</param>
    /// <exception cref="DomainException"><c>manifest_damaged</c>, with the line number.</exception>
    public static ManifestEntry ReadLine(string line, int number)
    {
        var fields = line.Split('\t');
        return fields.Length == 4 && fields[0].Length == 64 && Splits.All.Contains(fields[2])
            ? new(fields[0], Unescape(fields[1]), fields[2], Unescape(fields[3]))
            : throw new DomainException("manifest_damaged", $"Line {number} of the manifest cannot be read.");
    }

    private static string Escape(string text) =>
        text.Replace("\\", @"\\", StringComparison.Ordinal)
            .Replace("\t", @"\t", StringComparison.Ordinal)
            .Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
            return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
                result.Append(text[i]);
            else
                result.Append(
                    text[++i] switch
                    {
                        't' => '\t',
                        'n' => '\n',
                        var other => other,
                    }
                );
        }
        return result.ToString();
    }
}
