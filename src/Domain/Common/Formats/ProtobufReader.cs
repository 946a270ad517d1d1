namespace GpuGeek.Domain.Common.Formats;

/// <summary>
/// Reads the fields of a protobuf message without creating objects: a malicious message may contain a billion objects of two bytes each,
/// and Google's reader makes one for each message and a copy of each field of bytes.
/// </summary>
public ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private const int Varint = 0,
        Fixed64 = 1,
        Delimited = 2,
        Fixed32 = 5;
    private const ulong MaxField = (1 << 29) - 1;
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Number of the field that <see cref="Next"/> has read.</summary>
    public int Field { get; private set; }

    /// <summary>Content of a field with a length; else empty.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Value of a varint or fixed field; else 0.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field has a length: a message, text, bytes or packed numbers.</summary>
    public bool IsDelimited { get; private set; }

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">The message is damaged.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        var tag = ReadVarint();
        Field = tag >> 3 is > 0 and <= MaxField ? (int)(tag >> 3) : throw Damaged();
        Bytes = default;
        Number = 0;
        IsDelimited = false;
        switch ((int)(tag & 7))
        {
            case Varint:
                Number = ReadVarint();
                break;
            case Fixed64:
                Number = BitConverter.ToUInt64(Take(8));
                break;
            case Fixed32:
                Number = BitConverter.ToUInt32(Take(4));
                break;
            case Delimited:
                Bytes = Take(ReadVarint());
                IsDelimited = true;
                break;
            default:
                throw Damaged();
        }
        return true;
    }

    /// <summary>The next of a field's packed numbers.</summary>
    /// <exception cref="InvalidDataException">The number is damaged.</exception>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
        throw Damaged();
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw Damaged();
        var part = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return part;
    }

    private static InvalidDataException Damaged() => new("The message is truncated or damaged.");
}
