using System.Text;
using GpuGeek.Domain.Common.Formats;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Training.Weights;

/// <summary>
/// Accepts a ZIP archive in the form that PyTorch writes, and refuses everything that two programs could read differently: entries that
/// are compressed, encrypted, named differently in their local header, overlapping, or after a gap; a comment; anything before the first
/// entry or after the end.
/// </summary>
internal static class StrictZip
{
    private const int Descriptor = 1 << 3,
        Utf8Names = 1 << 11;
    private const int MaxEntries = 20_000,
        MaxDirectory = 32 << 20;
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <exception cref="WeightsException"><c>weights_unreadable</c> if it is damaged, <c>weights_refused</c> if it is not in that
    /// form.</exception>
    public static StoredEntry[] Entries(FileStream file)
    {
        try
        {
            return Entries(file.SafeFileHandle);
        }
        catch (ZipException refused) when (refused.Fault == ZipFault.Ambiguous)
        {
            throw NotPlain(char.ToLowerInvariant(refused.Message[0]) + refused.Message[1..].TrimEnd('.'));
        }
        catch (ZipException)
        {
            throw Broken();
        }
    }

    private static StoredEntry[] Entries(SafeFileHandle file)
    {
        var end = ZipEnd.Find(file);
        if (end.Count is 0 or > MaxEntries)
            throw WeightsException.Refused("its archive has no entries, or far too many");
        if (end.CommentLength > 0)
            throw Broken();
        StoredEntry[] entries = [.. ZipRecord.ReadAll(file, end, MaxDirectory).Select(record => Entry(file, record))];
        CheckSideBySide(entries, end.Start);
        return entries;
    }

    private static StoredEntry Entry(SafeFileHandle file, ZipRecord record)
    {
        if ((record.Flags & ~(Descriptor | Utf8Names)) != 0 || record.Method != 0 || record.Size != record.Packed)
            throw NotPlain("it is compressed or encrypted, which PyTorch never does");
        if (record.Disk != 0)
            throw NotPlain("it has several parts");
        var local = ZipLocalHeader.Read(file, record.Offset);
        var described = local.Flags == record.Flags && local.Method == 0 && local.Name.Span.SequenceEqual(record.Name.Span);
        var hasDescriptor = (record.Flags & Descriptor) != 0;
        if (!described || (!hasDescriptor && (local.Crc != record.Crc || local.Sizes() != (record.Packed, record.Size))))
            throw NotPlain("an entry is described in two ways");
        return new StoredEntry(Text(record.Name.Span), record.Offset, local.DataStart, record.Size, record.Crc, hasDescriptor);
    }

    private static void CheckSideBySide(StoredEntry[] entries, long directory)
    {
        long at = 0;
        var behind = 0;
        foreach (var entry in entries.OrderBy(entry => entry.Header))
        {
            if (entry.Header < at || entry.Header > at + behind || entry.Length > directory - entry.Start)
                throw NotPlain("its entries overlap, or there is data between them");
            at = entry.Start + entry.Length;
            // Checksum and two sizes of four or eight bytes, with or without a signature.
            behind = entry.HasDescriptor ? 24 : 0;
        }
        if (directory < at || directory > at + behind)
            throw NotPlain("its entries overlap, or there is data between them");
    }

    private static string Text(ReadOnlySpan<byte> name)
    {
        try
        {
            return Utf8.GetString(name);
        }
        catch (ArgumentException)
        {
            throw NotPlain("a name in it is not text");
        }
    }

    private static WeightsException Broken() => WeightsException.Unreadable("its archive is truncated or damaged");

    private static WeightsException NotPlain(string what) =>
        WeightsException.Refused($"its archive is not in the form that PyTorch writes: {what}");
}
