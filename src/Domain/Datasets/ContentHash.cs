using System.Buffers;
using System.Buffers.Binary;

namespace GpuGeek.Domain.Datasets;

/// <summary>SHA-256 of a picture's bytes: 32 bytes, of which the text takes 150. Its order is that of the text.</summary>
public readonly record struct ContentHash(UInt128 High, UInt128 Low)
{
    public const int TextLength = 64;

    /// <param name="text">64 hexadecimal digits.</param>
    /// <exception cref="FormatException"/>
    public static ContentHash Parse(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[TextLength / 2];
        return text.Length == TextLength && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done
            ? new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]))
            : throw new FormatException("A hash has 64 hexadecimal digits.");
    }

    public int CompareTo(ContentHash other) => High == other.High ? Low.CompareTo(other.Low) : High.CompareTo(other.High);

    public override string ToString() => $"{High:x32}{Low:x32}";

    /// <param name="text">UTF-8, at least <see cref="TextLength"/>.</param>
    internal void Write(Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[TextLength / 2];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
        Convert.TryToHexStringLower(bytes, text, out _);
    }
}
