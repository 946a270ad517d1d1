using Microsoft.Win32.SafeHandles;
using static GpuGeek.Domain.Common.Formats.ZipBytes;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>What a ZIP says about an entry beside its data, in front of them.</summary>
/// <param name="DataStart">Offset of the data from the beginning of the file.</param>
public sealed record ZipLocalHeader(int Flags, int Method, uint Crc, ReadOnlyMemory<byte> Name, long DataStart)
{
    internal const uint Mark = 0x04034b50;
    internal const int Length = 30;
    private uint _packed;
    private uint _size;
    private byte[] _extra = [];

    /// <exception cref="ZipException"/>
    public static ZipLocalHeader Read(SafeFileHandle file, long offset)
    {
        var head = At(file, offset, Length);
        if (U32(head, 0) != Mark)
            throw ZipException.Damaged("An entry is not where the directory says.");
        int name = U16(head, 26),
            extra = U16(head, 28);
        var texts = At(file, offset + Length, name + extra);
        return new(U16(head, 6), U16(head, 8), U32(head, 14), texts.AsMemory(0, name), offset + Length + name + extra)
        {
            _packed = U32(head, 18),
            _size = U32(head, 22),
            _extra = texts[name..],
        };
    }

    /// <summary>Its sizes; only true if they do not follow the data (<see cref="Flags"/>).</summary>
    /// <exception cref="ZipException"/>
    public (long Packed, long Size) Sizes()
    {
        var large = new Zip64Extra(_extra);
        var size = large.Or(_size);
        return (large.Or(_packed), size);
    }
}
