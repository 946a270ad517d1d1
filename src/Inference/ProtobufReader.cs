namespace GpuGeek.Inference;

/// <summary>Reads protobuf fields without creating objects, so that a hostile file costs no memory. Positions are checked against the
/// span at each step.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position;

    public int Field { get; private set; }

    /// <summary>Content of a length-delimited field.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Value of a varint or fixed field.</summary>
    public ulong Value { get; private set; }

    /// <exception cref="ModelRefusedException"><c>model_damaged</c></exception>
    public bool Read()
    {
        if (_position == _data.Length)
            return false;
        var tag = Varint();
        Field = (int)(tag >> 3);
        Bytes = [];
        Value = 0;
        switch (tag & 7)
        {
            case 0:
                Value = Varint();
                break;
            case 1:
                Value = BitConverter.ToUInt64(Take(8));
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Value = BitConverter.ToUInt32(Take(4));
                break;
            default:
                throw Damaged();
        }
        return Field > 0 ? true : throw Damaged();
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_data.Length - _position))
            throw Damaged();
        var bytes = _data.Slice(_position, (int)count);
        _position += (int)count;
        return bytes;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_position == _data.Length)
                throw Damaged();
            var b = _data[_position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
        throw Damaged();
    }

    private static ModelRefusedException Damaged() => new("model_damaged", "The file is not a complete ONNX model.");
}
