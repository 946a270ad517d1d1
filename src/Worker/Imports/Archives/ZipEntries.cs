using System.Text;
using GpuGeek.Domain.Common.Formats;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Worker.Imports.Archives;

/// <summary>Reads the entries of an archive within the limits of an import.</summary>
internal static class ZipEntries
{
    private const int MaxDirectoryBytes = 256 << 20;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <exception cref="ArchiveException"/>
    public static List<ZipEntryRecord> Read(SafeFileHandle file, ArchiveLimits limits)
    {
        var length = RandomAccess.GetLength(file);
        if (length > limits.MaxArchiveBytes)
            throw ArchiveException.TooLarge($"It has {length:N0} bytes; the maximum is {limits.MaxArchiveBytes:N0}.");
        try
        {
            var end = ZipEnd.Find(file);
            if (end.Count > limits.MaxEntries)
                throw ArchiveException.TooLarge($"It has {end.Count:N0} entries; the maximum is {limits.MaxEntries:N0}.");
            if (end.Count == 0)
                throw ArchiveException.Empty();
            return [.. ZipRecord.ReadAll(file, end, MaxDirectoryBytes).Select(Entry)];
        }
        catch (ZipException refused)
        {
            throw refused.Fault == ZipFault.Foreign ? ArchiveException.Unknown(refused.Message) : ArchiveException.Damaged(refused.Message);
        }
    }

    // UTF-8 if it is valid, whatever the flag says: most programs write it without the flag. Otherwise Latin-1, so that different names
    // stay different.
    public static string Decode(ReadOnlySpan<byte> name)
    {
        try
        {
            return Strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(name);
        }
    }

    private static ZipEntryRecord Entry(ZipRecord zip) =>
        new(Decode(zip.Name.Span), zip.Method, zip.Flags, zip.Crc, zip.Packed, zip.Size, zip.Offset, zip.UnixMode);
}
