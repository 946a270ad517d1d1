using System.Buffers.Binary;
using System.Text;

namespace GpuGeek.Training.Weights;

/// <summary>
/// Reads the pickle of a state_dict without the power to run anything: opcodes and names outside two short lists are refused, a call is a choice among
/// three known functions, and work and memory are bounded.
/// </summary>
internal sealed class SafePickle(byte[] bytes)
{
    private const int MaxOperations = 2_000_000;
    private const int MaxText = 4096;
    private static readonly object Mark = new();
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private readonly List<object?> _stack = [];
    private readonly Dictionary<int, object?> _memo = [];
    private int _at;

    /// <exception cref="WeightsException"><c>weights_refused</c> or <c>weights_unreadable</c>.</exception>
    public static object? Read(byte[] bytes)
    {
        try
        {
            return new SafePickle(bytes).Run();
        }
        catch (Exception broken) when (broken is InvalidCastException or ArgumentException or KeyNotFoundException or IndexOutOfRangeException or OverflowException or NullReferenceException)
        {
            // Any of these means a pickle that does not fit together: the machine only moves values, so nothing else can be at fault.
            throw WeightsException.Unreadable("its table of tensors does not fit together");
        }
    }

    private object? Run()
    {
        for (var operations = 0; operations < MaxOperations; operations++)
        {
            var code = Byte();
            if (code == '.') return End();
            if (!Constant(code) && !Container(code)) Power(code);
        }
        throw WeightsException.Refused("its table of tensors is absurdly long");
    }

    private object? End()
    {
        var result = Pop();
        if (_stack.Count != 0) throw WeightsException.Unreadable("values are left over in its table of tensors");
        if (_at != bytes.Length) throw WeightsException.Refused("something follows its table of tensors");
        return result;
    }

    private bool Constant(byte code)
    {
        switch (code)
        {
            case 0x80: if (Byte() is < 2 or > 5) throw WeightsException.Unreadable("unknown pickle protocol"); return true;
            case 0x95: Take(8); return true;
            case (byte)'N': Push(null); return true;
            case 0x88: Push(true); return true;
            case 0x89: Push(false); return true;
            case (byte)'K': Push((long)Byte()); return true;
            case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); return true;
            case (byte)'J': Push((long)Int32()); return true;
            case 0x8a: Push(Long()); return true;
            case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); return true;
            case (byte)'X': Push(Text(Int32())); return true;
            case 0x8c: Push(Text(Byte())); return true;
            default: return false;
        }
    }

    private bool Container(byte code)
    {
        switch (code)
        {
            case (byte)'(': Push(Mark); return true;
            case (byte)')': Push(Array.Empty<object?>()); return true;
            case (byte)'}': Push(new Dictionary<string, object?>(StringComparer.Ordinal)); return true;
            case (byte)'t': Push(PopToMark()); return true;
            case 0x85: Push(Popped(1)); return true;
            case 0x86: Push(Popped(2)); return true;
            case 0x87: Push(Popped(3)); return true;
            case (byte)'s': SetItems(Popped(2)); return true;
            case (byte)'u': SetItems(PopToMark()); return true;
            case (byte)'q': _memo[Byte()] = _stack[^1]; return true;
            case (byte)'r': _memo[Int32()] = _stack[^1]; return true;
            case 0x94: _memo[_memo.Count] = _stack[^1]; return true;
            case (byte)'h': Push(_memo[Byte()]); return true;
            case (byte)'j': Push(_memo[Int32()]); return true;
            default: return false;
        }
    }

    /// <summary>The opcodes with which a hostile pickle would run code.</summary>
    private void Power(byte code)
    {
        switch (code)
        {
            case (byte)'c': Push(AllowedGlobals.Find(Line(), Line())); break;
            case 0x93: var names = Popped(2); Push(AllowedGlobals.Find((string)names[0]!, (string)names[1]!)); break;
            case (byte)'Q': Push(Storage((object?[])Pop()!)); break;
            case (byte)'R': var call = Popped(2); Push(Call((PickleGlobal)call[0]!, (object?[])call[1]!)); break;
            // torch.save hangs the attribute _metadata on an OrderedDict this way; it says nothing we use.
            case (byte)'b': Pop(); if (_stack[^1] is not Dictionary<string, object?>) throw WeightsException.Refused("it sets attributes of something that is no dictionary"); break;
            default: throw WeightsException.Refused($"it uses pickle operation 0x{code:x2}");
        }
    }

    private static object Call(PickleGlobal function, object?[] arguments)
    {
        if (function == AllowedGlobals.OrderedDict && arguments.Length == 0) return new Dictionary<string, object?>(StringComparer.Ordinal);
        if (function == AllowedGlobals.RebuildParameter && arguments is [PickleTensor parameter, ..]) return parameter;
        if (function == AllowedGlobals.RebuildTensor && arguments is [PickleStorage storage, long offset, object?[] shape, object?[] stride, ..])
            return new PickleTensor(storage, offset, [.. shape.Select(v => (long)v!)], [.. stride.Select(v => (long)v!)]);
        throw WeightsException.Refused($"it calls '{function.Module}.{function.Name}' in a way no weights need");
    }

    private static PickleStorage Storage(object?[] id) => id switch
    {
        ["storage", PickleGlobal type, string key, string, long count] => new PickleStorage(AllowedGlobals.StorageOf(type), key, count),
        _ => throw WeightsException.Refused("it refers to something outside itself"),
    };

    private void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0 || _stack[^1] is not Dictionary<string, object?> target) throw WeightsException.Unreadable("a dictionary in it is broken");
        // Keys of the tables inside a checkpoint may be numbers (optimizer state): they are of no interest, but no reason to refuse.
        for (var i = 0; i < items.Length; i += 2) target[items[i] as string ?? $"#{items[i]}"] = items[i + 1];
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Pop() => Popped(1)[0];

    private object?[] Popped(int count)
    {
        var start = _stack.Count - count;
        object?[] values = [.. _stack.GetRange(start, count)];
        _stack.RemoveRange(start, count);
        return values;
    }

    private object?[] PopToMark()
    {
        var mark = _stack.FindLastIndex(value => ReferenceEquals(value, Mark));
        var values = Popped(_stack.Count - mark - 1);
        _stack.RemoveAt(mark);
        return values;
    }

    private byte Byte() => bytes[_at++];

    private ReadOnlySpan<byte> Take(int count)
    {
        var part = bytes.AsSpan(_at, count);
        _at += count;
        return part;
    }

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private long Long()
    {
        var raw = Take(Byte());
        if (raw.Length > 8) throw WeightsException.Unreadable("a number in it is beyond 64 bits");
        return (long)new System.Numerics.BigInteger(raw);
    }

    private string Text(int length) => length is < 0 or > MaxText ? throw WeightsException.Refused("a name in it is absurdly long") : Utf8.GetString(Take(length));

    private string Line()
    {
        var length = bytes.AsSpan(_at).IndexOf((byte)'\n');
        if (length is < 0 or > 256) throw WeightsException.Refused("a name in it is absurdly long");
        var line = Encoding.Latin1.GetString(Take(length));
        _at++;
        return line;
    }
}
