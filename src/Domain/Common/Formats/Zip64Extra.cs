using static GpuGeek.Domain.Common.Formats.ZipBytes;

namespace GpuGeek.Domain.Common.Formats;

/// <summary>The eight-byte numbers in an entry's extra field, in the order of the plain values that are at their maximum.</summary>
internal ref struct Zip64Extra
{
    private const int Id = 1;
    private ReadOnlySpan<byte> _numbers = default;

    public Zip64Extra(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            var length = U16(extra, 2);
            if (length > extra.Length - 4)
                return;
            if (U16(extra, 0) == Id)
            {
                _numbers = extra.Slice(4, length);
                return;
            }
            extra = extra[(4 + length)..];
        }
    }

    /// <returns>The plain number, or the next eight-byte number if the plain one is at its maximum.</returns>
    /// <exception cref="ZipException">There is none, or it is too large.</exception>
    public long Or(uint plain)
    {
        if (plain != uint.MaxValue)
            return plain;
        if (_numbers.Length < 8)
            throw ZipException.Damaged("A Zip64 field is truncated.");
        var number = I64(_numbers, 0);
        _numbers = _numbers[8..];
        return number;
    }
}
