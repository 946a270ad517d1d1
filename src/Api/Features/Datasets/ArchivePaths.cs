using System.Security.Cryptography;
using System.Text;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>Paths of a version's pictures in an archive: each once, also on systems that do not tell capitals from small letters.</summary>
internal sealed class ArchivePaths
{
    private const int MostLetters = 60;
    private const string Forbidden = "<>:\"/\\|?*";

    // Hashes of paths: those of a million pictures would take ten times as much memory.
    private readonly HashSet<ulong> _taken = [];

    /// <param name="name">As the file was called; null: unknown.</param>
    /// <param name="bytes">The picture's.</param>
    public string Of(ManifestEntry entry, string? name, ReadOnlySpan<byte> bytes)
    {
        var folder = $"{entry.Split}/{Safe(entry.Label)}/";
        var stem = Safe(Path.GetFileNameWithoutExtension(name ?? entry.Hash));
        var ending = EndingOf(bytes);
        var path = $"{folder}{stem}{ending}";
        if (!_taken.Add(Key(path)))
            _taken.Add(Key(path = $"{folder}{stem}-{entry.Hash[..12]}{ending}"));
        return path;
    }

    /// <summary>A part of a path that every system accepts, and that our own import does not skip.</summary>
    private static string Safe(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Take(MostLetters))
            safe.Append(Rune.IsControl(rune) || Forbidden.Contains(rune.ToString(), StringComparison.Ordinal) ? "_" : rune.ToString());
        var part = safe.ToString().TrimEnd('.', ' ').TrimStart(' ');
        return part.Length == 0 || part[0] == '.' ? "_" + part : part;
    }

    private static string EndingOf(ReadOnlySpan<byte> bytes) =>
        bytes switch
        {
            [0xFF, 0xD8, ..] => ".jpg",
            [0x89, (byte)'P', ..] => ".png",
            [(byte)'R', (byte)'I', ..] => ".webp",
            [(byte)'G', (byte)'I', ..] => ".gif",
            _ => ".bmp",
        };

    private static ulong Key(string path) =>
        BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(path.Normalize().ToUpperInvariant())));
}
