using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Weights;

/// <param name="Number">Number in the corpus of hostile files: 67 to 80.</param>
/// <param name="Make">Writes the file.</param>
/// <param name="Code">Expected code of the refusal.</param>
internal sealed record HostileCase(int Number, string What, string Code, Action<string> Make);

/// <summary>Every file is generated here; none comes from elsewhere.</summary>
internal static partial class HostileCorpus
{
    private const string Refused = "weights_refused",
        Unreadable = "weights_unreadable",
        Unsupported = "weights_unsupported",
        NotFinite = "weights_not_finite",
        Mismatch = "weights_mismatch";
    private static readonly byte[] OneFloat = TorchFiles.Bytes(1);

    public static IReadOnlyList<HostileCase> All { get; } =
    [.. Programs, .. Views, .. Bombs, .. Archives, .. Legacy, .. Misfits, .. Safetensors, .. Onnx];

    private static IEnumerable<HostileCase> Programs =>
        [
            Pickled(67, "a call of os.system", new Pickle().Global("os", "system").Op('(').Text("touch /tmp/owned").Op('t').Op('R').End()),
            Pickled(68, "a name put together on the stack", new Pickle().Text("posix").Text("system").Op(0x93).Op(')').Op('R').End()),
            Pickled(
                68,
                "a name out of the memo",
                new Pickle()
                    .Text("os")
                    .Op((byte)'q', 0)
                    .Text("system")
                    .Op((byte)'q', 1)
                    .Op('0')
                    .Op((byte)'h', 0)
                    .Op((byte)'h', 1)
                    .Op(0x93)
                    .End()
            ),
            Pickled(69, "INST", new Pickle().Op('(').Op('i').Op("os\nsystem\n"u8.ToArray()).End()),
            Pickled(69, "OBJ", new Pickle().Op('(').Global("collections", "OrderedDict").Op('o').End()),
            Pickled(69, "NEWOBJ", new Pickle().Global("collections", "OrderedDict").Op(')').Op(0x81).End()),
            Pickled(69, "NEWOBJ_EX", new Pickle().Global("collections", "OrderedDict").Op(')').Op('}').Op(0x92).End()),
            Pickled(69, "EXT1", new Pickle().Op(0x82, 1).End()),
            Pickled(69, "EXT4", new Pickle().Op(0x84, 1, 0, 0, 0).End()),
            Pickled(69, "a persistent id in text", new Pickle().Op('P').Op("x\n"u8.ToArray()).End()),
            Pickled(69, "BUILD on a tuple", new Pickle().Op(')').Op('}').Op('b').End()),
            Pickled(
                69,
                "OrderedDict with arguments",
                new Pickle().Global("collections", "OrderedDict").Op('(').Int(1).Op('t').Op('R').End()
            ),
            Pickled(69, "a call of a storage", new Pickle().Global("torch", "FloatStorage").Op(')').Op('R').End()),
            Pickled(69, "a storage from elsewhere", new Pickle().Op('(').Text("module").Text("x").Op('t').Op('Q').End()),
            Pickled(70, "builtins.getattr", new Pickle().Global("builtins", "getattr").End()),
            Pickled(70, "functools.partial", new Pickle().Global("functools", "partial").End()),
            Pickled(70, "_io.FileIO", new Pickle().Global("_io", "FileIO").End()),
            Pickled(70, "torch.load", new Pickle().Global("torch", "load").End()),
            Pickled(70, "numpy's scalar", new Pickle().Global("numpy.core.multiarray", "scalar").End()),
            Pickled(70, "argparse.Namespace", new Pickle().Global("argparse", "Namespace").End()),
            Pickled(71, "a dotted name", new Pickle().Global("torch", "FloatStorage.__class__").End()),
            Pickled(71, "a spaced name", new Pickle().Global(" collections", "OrderedDict").End()),
            Pickled(71, "a name without an end", [0x80, 2, (byte)'c', .. Enumerable.Repeat((byte)'a', 5000)]),
            Pickled(72, "a second pickle after the first", [.. Empty(), .. new Pickle().Global("os", "system").End()]),
            new(
                72,
                "a second pickle after the numbers",
                Refused,
                path =>
                {
                    TorchFiles.SaveLegacy(path, ("x", [1], [1]));
                    File.AppendAllBytes(path, new Pickle().Global("os", "system").End());
                }
            ),
        ];

    private static IEnumerable<HostileCase> Views =>
        [
            Broken("no end", [0x80, 2, (byte)'}']),
            Broken("nothing on the stack", [0x80, 2, (byte)'.']),
            Broken("no mark", [0x80, 2, (byte)'t', (byte)'.']),
            Broken("an unknown memo", [0x80, 2, (byte)'h', 9, (byte)'.']),
            Broken("a tensor without numbers", new Pickle().OpenDict().Text("x").Tensor("7", "FloatStorage", 1, 0, [1], [1]).Op('u').End()),
            Broken("a storage of another size", Tensor(2, 0, [2], [1])),
            Broken("a view beyond its storage", Tensor(1, 0, [2], [1])),
            Broken("an offset beyond", Tensor(1, 1, [1], [1])),
            Broken("an offset that overflows", Tensor(1, long.MaxValue, [2], [1])),
            Broken("a negative offset", Tensor(1, -1, [1], [1])),
            Broken("a negative stride", Tensor(1, 0, [1], [-1])),
            Broken("a negative side", Tensor(1, 0, [-1], [1])),
            Broken("a side of 2^63 - 1", Tensor(1, 0, [long.MaxValue], [0])),
            Broken("2^62 numbers out of one", Tensor(1, 0, [1L << 31, 1L << 31], [0, 0])),
            Broken("sides whose product overflows", Tensor(1, 0, [long.MaxValue, long.MaxValue, 3], [0, 0, 0])),
            Broken("a stride whose product overflows", Tensor(1, 0, [3], [long.MaxValue])),
            Broken("a count that overflows", Tensor(1L << 62, 0, [1], [1])),
            Broken("a negative count", Tensor(-1, 0, [0], [1])),
            Broken("more strides than sides", Tensor(1, 0, [1], [1, 1])),
            Broken("nine sides", Tensor(1, 0, [1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1])),
            Broken("a hundred million numbers out of one", Tensor(1, 0, [100_000_000], [0])),
            Broken(
                "one key with two types",
                new Pickle()
                    .OpenDict()
                    .Text("x")
                    .Tensor("0", "FloatStorage", 1, 0, [1], [1])
                    .Text("y")
                    .Tensor("0", "IntStorage", 1, 0, [1], [1])
                    .Op('u')
                    .End()
            ),
        ];

    private static IEnumerable<HostileCase> Bombs =>
        [
            Pickled(76, "text of two gigabytes", new Pickle().Op('X').Op(0xff, 0xff, 0xff, 0x7f).End()),
            Pickled(76, "two million operations", [0x80, 2, .. Enumerable.Repeat((byte)'N', 2_100_000), (byte)'.']),
            Pickled(76, "two million nested tuples", [0x80, 2, (byte)')', .. Enumerable.Repeat((byte)0x85, 2_100_000), (byte)'.']),
            Pickled(76, "a memo of two billion places", new Pickle().Op('N').Op((byte)'r', 0xff, 0xff, 0xff, 0x7f).End()),
            Pickled(76, "one long list copied without end", LongCopies()),
            Pickled(
                76,
                "a shape of a hundred thousand sides",
                new Pickle().OpenDict().Text("x").Tensor("0", "FloatStorage", 1, 0, new long[100_000], new long[100_000]).Op('u').End()
            ),
            // Two to the power of sixty in text, and sixty places in memory: there is just no tensor in it.
            new(76, "tuples of the tuple before, doubled sixty times", Unsupported, path => TorchFiles.Zip(path, Doubled())),
        ];

    private static IEnumerable<HostileCase> Archives =>
        [
            new(74, "a wrong checksum", Unreadable, BrokenZips.WrongNumber),
            new(74, "two names for one entry", Refused, BrokenZips.TwoNames),
            new(74, "compressed beside its bytes", Refused, path => BrokenZips.LocalFlag(path, 8, 8)),
            new(74, "compressed in the directory", Refused, path => BrokenZips.CentralFlag(path, 10, 8)),
            new(74, "encrypted beside its bytes", Refused, path => BrokenZips.LocalFlag(path, 6, 1)),
            new(74, "encrypted in the directory", Refused, path => BrokenZips.CentralFlag(path, 8, 1)),
            new(74, "another length beside its bytes", Refused, path => BrokenZips.LocalFlag(path, 25, 1)),
            new(74, "a directory of fewer entries", Refused, BrokenZips.WrongCount),
            new(74, "two entries with the same bytes", Refused, BrokenZips.Overlap),
            new(74, "a comment", Unreadable, BrokenZips.Comment),
            new(74, "bytes after the end", Unreadable, BrokenZips.After),
            new(74, "an archive before the archive", Refused, BrokenZips.Before),
            new(74, "bytes between entries", Refused, BrokenZips.Hole),
            new(74, "an entry twice", Refused, path => BrokenZips.Write(path, ("a/data.pkl", Empty()), ("a/data.pkl", Empty()))),
            new(74, "two folders", Refused, path => BrokenZips.Write(path, ("a/data.pkl", Empty()), ("b/data/0", OneFloat))),
            new(74, "no table", Unsupported, path => BrokenZips.Write(path, ("a/x", Empty()))),
            new(
                74,
                "a big-endian machine's",
                Unsupported,
                path => BrokenZips.Write(path, ("a/data.pkl", Empty()), ("a/byteorder", "big"u8.ToArray()))
            ),
            new(77, "a TorchScript program", Unsupported, path => BrokenZips.Write(path, ("a/data.pkl", Empty()), ("a/code/x.py", [1]))),
            new(77, "the constants of one", Unsupported, path => BrokenZips.Write(path, ("a/data.pkl", Empty()), ("a/constants.pkl", [1]))),
        ];

    private static IEnumerable<HostileCase> Misfits =>
        [
            new(
                78,
                "the right keys in wrong shapes",
                Mismatch,
                path =>
                    TensorFile.Write(
                        path,
                        [
                            new("conv.weight", [2, 3, 1, 2], new float[12]),
                            new("fc.weight", [2, 2], new float[4]),
                            new("fc.bias", [2], new float[2]),
                        ]
                    )
            ),
            new(79, "a number that is none", NotFinite, path => TorchFiles.Save(path, ("fc.weight", [2], [1, float.NaN]))),
            new(
                79,
                "an infinite one, in a legacy file",
                NotFinite,
                path => TorchFiles.SaveLegacy(path, ("fc.weight", [2], [1, float.NegativeInfinity]))
            ),
            new(
                79,
                "an infinite one, in safetensors",
                NotFinite,
                path => TensorFile.Write(path, [new("fc.weight", [1], [float.PositiveInfinity])])
            ),
            new(
                79,
                "a float64 too large for float32",
                NotFinite,
                path =>
                    TorchFiles.Zip(
                        path,
                        new Pickle().OpenDict().Text("x").Tensor("0", "DoubleStorage", 1, 0, [1], [1]).Op('u').End(),
                        BitConverter.GetBytes(1e300)
                    )
            ),
        ];

    private static HostileCase Pickled(int number, string what, byte[] pickle) =>
        new(number, what, Refused, path => TorchFiles.Zip(path, pickle, OneFloat));

    private static HostileCase Broken(string what, byte[] pickle) =>
        new(75, what, Unreadable, path => TorchFiles.Zip(path, pickle, OneFloat));

    private static byte[] Empty() => new Pickle().OpenDict().Op('u').End();

    private static byte[] Tensor(long count, long offset, long[] shape, long[] stride) =>
        new Pickle().OpenDict().Text("x").Tensor("0", "FloatStorage", count, offset, shape, stride).Op('u').End();

    private static byte[] Doubled()
    {
        var pickle = new Pickle().OpenDict().Text("x").Op(')').Op((byte)'q', 0);
        // What was remembered stays on the stack too, and becomes the first half.
        for (byte i = 0; i < 60; i++)
            pickle.Op((byte)'h', i).Op(0x86).Op((byte)'q', (byte)(i + 1));
        return pickle.Op('u').End();
    }

    private static byte[] LongCopies()
    {
        var pickle = new Pickle().Op(']').Op((byte)'q', 0).Op('(');
        for (var i = 0; i < 5000; i++)
            pickle.Op(']').Op('(').Text("k").Op('N').Op('e');
        pickle.Op('e');
        for (var i = 0; i < 5000; i++)
            pickle.Global("collections", "OrderedDict").Op((byte)'h', 0).Op(0x85).Op('R');
        return pickle.End();
    }
}
