namespace GpuGeek.Training.Weights;

/// <summary>Reads the fields of a protobuf message without creating objects: a malicious message may contain a billion objects of two
/// bytes each.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private const int Varint = 0,
        Fixed64 = 1,
        Delimited = 2,
        Fixed32 = 5;
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Number of the field that <see cref="Next"/> has read.</summary>
    public int Field { get; private set; }

    /// <summary>Content of a field with a length; else empty.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Value of a plain number field; else 0.</summary>
    public ulong Number { get; private set; }

    /// <summary>The field has a length: a message, text, bytes or packed numbers.</summary>
    public bool IsDelimited { get; private set; }

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <returns>False at the end.</returns>
    /// <exception cref="WeightsException">The message is damaged.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        var tag = ReadVarint();
        Field = tag >> 3 is > 0 and < 1 << 29 ? (int)(tag >> 3) : throw Broken();
        Bytes = default;
        Number = 0;
        IsDelimited = false;
        switch ((int)(tag & 7))
        {
            case Varint:
                Number = ReadVarint();
                break;
            case Fixed64:
                Take(8);
                break;
            case Fixed32:
                Take(4);
                break;
            case Delimited:
                var length = ReadVarint();
                if (length > (ulong)_rest.Length)
                    throw Broken();
                Bytes = Take((int)length);
                IsDelimited = true;
                break;
            default:
                throw Broken();
        }
        return true;
    }

    /// <exception cref="WeightsException">The number is damaged.</exception>
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
        throw Broken();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
            throw Broken();
        var part = _rest[..count];
        _rest = _rest[count..];
        return part;
    }

    private static WeightsException Broken() => WeightsException.Unreadable("it is truncated or damaged");
}
