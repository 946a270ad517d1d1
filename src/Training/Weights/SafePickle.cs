using System.Buffers.Binary;
using System.Text;

namespace GpuGeek.Training.Weights;

/// <summary>
/// Reads the pickle of a state_dict without executing anything: opcodes and names outside two short lists are refused, a call can only
/// choose one of three known functions, and work and memory are bounded.
/// </summary>
internal sealed class SafePickle(byte[] bytes, int start)
{
    private const int MaxOperations = 2_000_000;
    private const int MaxText = 4096;
    private const int MaxSides = 64;
    private const int MaxLine = 256;
    private static readonly object Mark = new();
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private readonly List<object?> _stack = [];

    // A list and not a dictionary: the author of a file could choose numbers that make a hash table arbitrarily slow.
    private readonly List<object?> _memo = [];
    private readonly Dictionary<string, PickleStorage> _storages = new(StringComparer.Ordinal);
    private int _at = start;
    private int _operations;

    /// <summary>Reads one pickle that fills all of <paramref name="bytes"/>.</summary>
    /// <exception cref="WeightsException"><c>weights_refused</c> or <c>weights_unreadable</c>.</exception>
    public static object? Read(byte[] bytes)
    {
        var at = 0;
        var value = Next(bytes, ref at);
        return at == bytes.Length ? value : throw WeightsException.Refused("there is data after its table of tensors");
    }

    /// <summary>Reads the pickle that starts at <paramref name="at"/>, and moves it behind the end.</summary>
    /// <returns>Null, bool, long, double, string, <see cref="System.Numerics.BigInteger"/>, object?[] (a tuple), List (a list), Dictionary,
    /// or one of the Pickle records.</returns>
    /// <exception cref="WeightsException"><c>weights_refused</c> or <c>weights_unreadable</c>.</exception>
    public static object? Next(byte[] bytes, ref int at) => Next(bytes, ref at, out _);

    /// <param name="storages">All storages that the pickle refers to, by key.</param>
    public static object? Next(byte[] bytes, ref int at, out IReadOnlyDictionary<string, PickleStorage> storages)
    {
        try
        {
            var machine = new SafePickle(bytes, at);
            var value = machine.Run();
            at = machine._at;
            storages = machine._storages;
            return value;
        }
        catch (Exception broken)
            when (broken
                    is InvalidCastException
                        or ArgumentException
                        or KeyNotFoundException
                        or IndexOutOfRangeException
                        or OverflowException
                        or NullReferenceException
            )
        {
            // Any of these means an inconsistent pickle: the machine only moves values, so nothing else can be the cause.
            throw WeightsException.Unreadable("its table of tensors is inconsistent");
        }
    }

    private object? Run()
    {
        for (_operations = 0; _operations < MaxOperations; _operations++)
        {
            var code = Byte();
            if (code == '.')
                return End();
            if (!Constant(code) && !Container(code))
                Power(code);
        }
        throw WeightsException.Refused("its table of tensors is far too long");
    }

    private object? End()
    {
        var result = Pop();
        if (_stack.Count != 0)
            throw WeightsException.Unreadable("values are left over in its table of tensors");
        return result;
    }

    private bool Constant(byte code)
    {
        switch (code)
        {
            case 0x80:
                if (Byte() is < 2 or > 5)
                    throw WeightsException.Unreadable("unknown pickle protocol");
                return true;
            case 0x95:
                Take(8);
                return true;
            case (byte)'N':
                Push(null);
                return true;
            case 0x88:
                Push(true);
                return true;
            case 0x89:
                Push(false);
                return true;
            case (byte)'K':
                Push((long)Byte());
                return true;
            case (byte)'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                return true;
            case (byte)'J':
                Push((long)Int32());
                return true;
            case 0x8a:
                PushLong();
                return true;
            case (byte)'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                return true;
            case (byte)'X':
                Push(Text(Int32()));
                return true;
            // Strings of Python 2.
            case (byte)'U':
                Push(Text(Byte()));
                return true;
            case 0x8c:
                Push(Text(Byte()));
                return true;
            default:
                return false;
        }
    }

    private bool Container(byte code)
    {
        switch (code)
        {
            case (byte)'(':
                Push(Mark);
                return true;
            case (byte)')':
                Push(Array.Empty<object?>());
                return true;
            case (byte)'}':
                Push(new Dictionary<string, object?>(StringComparer.Ordinal));
                return true;
            case (byte)']':
                Push(new List<object?>());
                return true;
            case (byte)'a':
                Append(Popped(1));
                return true;
            case (byte)'e':
                Append(PopToMark());
                return true;
            case (byte)'t':
                Push(PopToMark());
                return true;
            case 0x85:
                Push(Popped(1));
                return true;
            case 0x86:
                Push(Popped(2));
                return true;
            case 0x87:
                Push(Popped(3));
                return true;
            case (byte)'s':
                SetItems(Popped(2));
                return true;
            case (byte)'u':
                SetItems(PopToMark());
                return true;
            case (byte)'q':
                Remember(Byte());
                return true;
            case (byte)'r':
                Remember(Int32());
                return true;
            case 0x94:
                Remember(_memo.Count);
                return true;
            case (byte)'h':
                Push(Recall(Byte()));
                return true;
            case (byte)'j':
                Push(Recall(Int32()));
                return true;
            default:
                return false;
        }
    }

    /// <summary>The opcodes that a hostile pickle would use to run code.</summary>
    private void Power(byte code)
    {
        switch (code)
        {
            case (byte)'c':
                Push(AllowedGlobals.Find(Line(), Line()));
                break;
            case 0x93:
                var names = Popped(2);
                Push(AllowedGlobals.Find((string)names[0]!, (string)names[1]!));
                break;
            case (byte)'Q':
                Push(Storage((object?[])Pop()!));
                break;
            case (byte)'R':
                var call = Popped(2);
                Push(Call((PickleGlobal)call[0]!, (object?[])call[1]!));
                break;
            // torch.save sets the attribute _metadata of an OrderedDict this way; it contains nothing that we use.
            case (byte)'b':
                Pop();
                if (_stack[^1] is not Dictionary<string, object?>)
                    throw WeightsException.Refused("it sets attributes of an object that is not a dictionary");
                break;
            default:
                throw WeightsException.Refused($"it uses pickle operation 0x{code:x2}");
        }
    }

    private object Call(PickleGlobal function, object?[] arguments)
    {
        // Python 2 writes the items of an OrderedDict as an argument.
        if (function == AllowedGlobals.OrderedDict && arguments is [List<object?> pairs])
            return OfPairs(pairs);
        if (function == AllowedGlobals.OrderedDict && arguments.Length == 0)
            return new Dictionary<string, object?>(StringComparer.Ordinal);
        if (function == AllowedGlobals.RebuildParameter && arguments is [PickleTensor parameter, ..])
            return parameter;
        // The limit is checked before the copy: one long tuple may be passed to many calls.
        if (
            (function == AllowedGlobals.RebuildTensor || function == AllowedGlobals.RebuildOldTensor)
            && arguments
                is [
                    PickleStorage storage,
                    long offset,
                    object?[] { Length: <= MaxSides } shape,
                    object?[] { Length: <= MaxSides } stride,
                    ..,
                ]
        )
            return new PickleTensor(storage, offset, [.. shape.Select(v => (long)v!)], [.. stride.Select(v => (long)v!)]);
        throw WeightsException.Refused($"it calls '{function.Module}.{function.Name}' in a way that no weights file needs");
    }

    private Dictionary<string, object?> OfPairs(List<object?> pairs)
    {
        // One list may be passed to many calls: each copy counts.
        _operations += pairs.Count;
        var table = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            if (pair is not List<object?> { Count: 2 } both)
                throw WeightsException.Unreadable("a dictionary in it is damaged");
            table[both[0] as string ?? $"#{both[0]}"] = both[1];
        }
        return table;
    }

    private PickleStorage Storage(object?[] id)
    {
        var storage = Named(id);
        if (!_storages.TryAdd(storage.Key, storage) && _storages[storage.Key] != storage)
            throw WeightsException.Unreadable("it describes the same storage in two ways");
        return storage;
    }

    private static PickleStorage Named(object?[] id) =>
        id switch
        {
            ["storage", PickleGlobal type, string key, string, long count] => new PickleStorage(AllowedGlobals.StorageOf(type), key, count),
            // Before 1.6 a sixth value named the storage that this one is a part of; nothing since 0.4 has written one.
            ["storage", PickleGlobal type, string key, string, long count, null] => new PickleStorage(
                AllowedGlobals.StorageOf(type),
                key,
                count
            ),
            _ => throw WeightsException.Refused("it refers to an object outside the file"),
        };

    private void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0 || _stack[^1] is not Dictionary<string, object?> target)
            throw WeightsException.Unreadable("a dictionary in it is damaged");
        // Keys of the tables inside a checkpoint may be numbers (optimizer state): they are ignored, but no reason to refuse.
        for (var i = 0; i < items.Length; i += 2)
            target[items[i] as string ?? $"#{items[i]}"] = items[i + 1];
    }

    private void Append(object?[] items)
    {
        if (_stack[^1] is not List<object?> target)
            throw WeightsException.Unreadable("a list in it is damaged");
        target.AddRange(items);
    }

    private void Remember(int place)
    {
        // Writers number the memo from 0 or 1, with at most one entry per operation.
        if (place > _operations + 1)
            throw WeightsException.Refused("a memo number in it is far too high");
        while (_memo.Count <= place)
            _memo.Add(Mark);
        _memo[place] = _stack[^1];
    }

    private object? Recall(int place) =>
        ReferenceEquals(_memo[place], Mark)
            ? throw WeightsException.Unreadable("it refers to an object that does not exist")
            : _memo[place];

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

    /// <summary>A long if it fits; larger numbers only serve to be recognised.</summary>
    private void PushLong()
    {
        var number = new System.Numerics.BigInteger(Take(Byte()));
        if (number < long.MinValue || number > long.MaxValue)
            Push(number);
        else
            Push((long)number);
    }

    private string Text(int length) =>
        length is < 0 or > MaxText ? throw WeightsException.Refused("a name in it is far too long") : Utf8.GetString(Take(length));

    private string Line()
    {
        var length = bytes.AsSpan(_at).IndexOf((byte)'\n');
        if (length < 0 && bytes.Length - _at <= MaxLine)
            throw WeightsException.Unreadable("its table of tensors is truncated");
        if (length is < 0 or > MaxLine)
            throw WeightsException.Refused("a name in it is far too long");
        var line = Encoding.Latin1.GetString(Take(length));
        _at++;
        return line;
    }
}
