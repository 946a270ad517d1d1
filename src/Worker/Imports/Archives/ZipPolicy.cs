using System.Text;

namespace GpuGeek.Worker.Imports.Archives;

/// <summary>Checks that refuse an archive before a byte is unpacked.</summary>
internal static class ZipPolicy
{
    /// <exception cref="ArchiveException"/>
    public static void Check(IReadOnlyList<ZipEntryRecord> entries, ArchiveLimits limits)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        long total = 0,
            packed = 0;
        foreach (var entry in entries)
        {
            CheckPath(entry.Name, limits);
            if (entry.IsEncrypted)
                throw ArchiveException.Encrypted(entry.Name);
            if (entry.Method is not (ZipEntryRecord.Stored or ZipEntryRecord.Deflated))
                throw ArchiveException.Method(entry.Name, entry.Method);
            if (entry.Method == ZipEntryRecord.Stored && entry.Size != entry.Packed)
                throw ArchiveException.Damaged($"The sizes of '{ArchiveException.Shown(entry.Name)}' are inconsistent.");
            if (!names.Add(Comparable(entry.Name)))
                throw ArchiveException.Twice(entry.Name);
            CheckRatio(entry.Size, entry.Packed, limits, $"'{ArchiveException.Shown(entry.Name)}'");
            if (entry.Size > limits.MaxTotalBytes - total)
                throw ArchiveException.TooLarge($"Its files unpack to more than {limits.MaxTotalBytes:N0} bytes.");
            total += entry.Size;
            packed += entry.Packed;
        }
        CheckRatio(total, packed, limits, "The archive");
    }

    private static void CheckPath(string name, ArchiveLimits limits)
    {
        // A backslash separates folders on Windows and is an ordinary character elsewhere: two programs would see different files.
        if (name.Length == 0 || name[0] == '/' || name.Contains('\\') || (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0])))
            throw ArchiveException.Unsafe(name);
        var segments = name.Split('/');
        if (segments.Any(s => s == ".."))
            throw ArchiveException.Unsafe(name);
        if (segments.Length - 1 > limits.MaxDepth)
            throw ArchiveException.Deep(name);
    }

    private static void CheckRatio(long size, long packed, ArchiveLimits limits, string what)
    {
        if (size > limits.RatioFrom && size / limits.MaxRatio > packed)
            throw ArchiveException.Bomb(
                $"{what} unpacks from {packed:N0} to {size:N0} bytes, more than {limits.MaxRatio} times as much, unlike pictures."
            );
    }

    // Names that a file system without case, or with another normalisation of accents, treats as the same.
    private static string Comparable(string name) => name.Contains('\0') ? name : name.Normalize(NormalizationForm.FormC);
}
