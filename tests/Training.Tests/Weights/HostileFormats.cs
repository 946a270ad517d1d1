using Google.Protobuf;
using GpuGeek.Training.Export.Wire;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Weights;

/// <summary>The cases of formats other than today's PyTorch.</summary>
internal static partial class HostileCorpus
{
    private static IEnumerable<HostileCase> Legacy =>
        [
            new(
                73,
                "a call of os.system in a legacy file",
                Refused,
                path => TorchFiles.Legacy(path, new Pickle().Global("os", "system").End(), TorchFiles.Machine(little: true))
            ),
            new(
                73,
                "a pickle that is no PyTorch file",
                Unsupported,
                path => File.WriteAllBytes(path, new Pickle().OpenDict().Op('u').End())
            ),
            new(
                73,
                "a tar archive",
                Unsupported,
                path => File.WriteAllBytes(path, [.. "storages"u8, .. new byte[249], .. "ustar"u8, .. new byte[250]])
            ),
            new(73, "a gzip", Unsupported, path => File.WriteAllBytes(path, [0x1f, 0x8b, 8, 0])),
            new(73, "an empty file", Unsupported, path => File.WriteAllBytes(path, [])),
            new(
                73,
                "a big-endian machine's",
                Unsupported,
                path => TorchFiles.Legacy(path, OneLegacy(), TorchFiles.Machine(little: false), ("0", OneFloat))
            ),
            new(
                73,
                "numbers of no tensor",
                Unreadable,
                path => TorchFiles.Legacy(path, OneLegacy(), TorchFiles.Machine(little: true), ("0", OneFloat), ("1", OneFloat))
            ),
            new(
                73,
                "numbers twice",
                Unreadable,
                path => TorchFiles.Legacy(path, OneLegacy(), TorchFiles.Machine(little: true), ("0", OneFloat), ("0", OneFloat))
            ),
            new(73, "no numbers", Unreadable, path => TorchFiles.Legacy(path, OneLegacy(), TorchFiles.Machine(little: true))),
            new(
                73,
                "more numbers than it says",
                Unreadable,
                path => TorchFiles.Legacy(path, OneLegacy(), TorchFiles.Machine(little: true), ("0", [.. OneFloat, .. OneFloat]))
            ),
            new(73, "a legacy file cut short", Unreadable, path => Cut(path, 2)),
            new(73, "a legacy file cut in its pickles", Unreadable, path => Cut(path, 150)),
        ];

    private static IEnumerable<HostileCase> Safetensors =>
        [
            Header(Refused, "a header of 2^63 bytes", "{}", [], 1UL << 63),
            Header(Refused, "a header of over 100 MB", "{}", [], 100_000_001),
            Header(Unreadable, "a header longer than the file", "{}", [], 16_000_000),
            Header(Unreadable, "a header that is no JSON", "{\"x\":", []),
            Header(Unreadable, "a header of a million brackets", "{" + new string('[', 1_000_000), []),
            Header(Unreadable, "a list of tensors", "{\"x\":[]}", []),
            Header(Refused, "overlapping numbers", Two(0, 4, 0, 4), new byte[4]),
            Header(Refused, "numbers that overlap in part", Two(0, 4, 2, 6), new byte[6]),
            Header(Refused, "a hole", Two(0, 4, 8, 12), new byte[12]),
            Header(Refused, "a hole before the first", Two(4, 8, 8, 12), new byte[12]),
            Header(Refused, "bytes after the last", Two(0, 4, 4, 8), new byte[9]),
            Header(Unreadable, "fewer bytes than numbers", Two(0, 4, 4, 8), new byte[7]),
            Header(Unreadable, "the end before the beginning", Two(4, 0, 0, 4), new byte[4]),
            Header(Unreadable, "a negative place", Two(-4, 0, 0, 4), new byte[4]),
            Header(Unreadable, "a key twice", "{" + One("x", 0, 4) + "," + One("x", 4, 8) + "}", new byte[8]),
            Header(Refused, "a key with a prefix and without", "{" + One("x", 0, 4) + "," + One("module.x", 4, 8) + "}", new byte[8]),
            Header(Unreadable, "a shape of another size", "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", new byte[4]),
            Header(
                Unreadable,
                "sides whose product overflows",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4294967296],\"data_offsets\":[0,4]}}",
                new byte[4]
            ),
            Header(
                Unreadable,
                "a side that is no whole number",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}",
                new byte[4]
            ),
            Header(
                Unreadable,
                "a side beyond 64 bits",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}",
                new byte[4]
            ),
            Header(
                Unsupported,
                "a type that is not read",
                "{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}",
                new byte[4]
            ),
            Header(Unsupported, "no tensor", "{}", []),
            new(
                80,
                "a key that is not text",
                Unreadable,
                path =>
                    File.WriteAllBytes(
                        path,
                        [8, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':', (byte)'1', (byte)'}']
                    )
            ),
        ];

    private static IEnumerable<HostileCase> Onnx =>
        [
            new(
                80,
                "ONNX of another program",
                Unsupported,
                path =>
                    File.WriteAllBytes(
                        path,
                        new ModelProto
                        {
                            IrVersion = 8,
                            ProducerName = "pytorch",
                            Graph = Graph(OneTensor()),
                        }.ToByteArray()
                    )
            ),
            new(80, "ONNX cut short", Unreadable, path => File.WriteAllBytes(path, Ours(OneTensor())[..^3])),
            new(80, "ONNX without initialisers", Unsupported, path => File.WriteAllBytes(path, Ours())),
            new(80, "an initialiser twice", Refused, path => File.WriteAllBytes(path, Ours(OneTensor(), OneTensor()))),
            new(80, "an initialiser of another size", Unreadable, path => File.WriteAllBytes(path, Ours(OneTensor(2)))),
            new(80, "an initialiser with a negative side", Unreadable, path => File.WriteAllBytes(path, Ours(OneTensor(-1)))),
            new(80, "an initialiser of 2^62 numbers", Unreadable, path => File.WriteAllBytes(path, Ours(OneTensor(1L << 31, 1L << 31)))),
            new(
                80,
                "an initialiser of a thousand sides",
                Unreadable,
                path => File.WriteAllBytes(path, Ours(OneTensor([.. Enumerable.Repeat(1L, 1000)])))
            ),
            // Field 13 names a file beside the model, 14 says that the numbers lie in it.
            new(80, "numbers in another file", Refused, path => File.WriteAllBytes(path, Raw([0x6a, 0]))),
            new(80, "numbers said to be in another file", Refused, path => File.WriteAllBytes(path, Raw([0x70, 1]))),
            new(
                80,
                "a million empty initialisers",
                Unsupported,
                path => File.WriteAllBytes(path, RawGraph([.. Enumerable.Repeat(new byte[] { 0x2a, 0 }, 1_000_000).SelectMany(b => b)]))
            ),
            new(
                80,
                "a number without an end",
                Unreadable,
                path => File.WriteAllBytes(path, [0x08, 8, 0x12, .. Enumerable.Repeat((byte)0xff, 20)])
            ),
        ];

    private static byte[] OneLegacy() =>
        new Pickle().OpenDict().Text("x").Tensor("0", "FloatStorage", 1, 0, [1], [1], legacy: true).Op('u').End();

    private static void Cut(string path, int bytes)
    {
        TorchFiles.SaveLegacy(path, ("x", [1], [1]));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^bytes]);
    }

    private static HostileCase Header(string code, string what, string header, byte[] numbers, ulong? length = null) =>
        new(80, what, code, path => TorchFiles.Safetensors(path, header, numbers, length));

    private static string One(string name, int start, int end) =>
        $$"""
            "{{name}}":{"dtype":"F32","shape":[1],"data_offsets":[{{start}},{{end}}]}
            """;

    private static string Two(int start, int end, int next, int last) => "{" + One("x", start, end) + "," + One("y", next, last) + "}";

    private static TensorProto OneTensor(params long[] sides)
    {
        var tensor = new TensorProto
        {
            Name = "x",
            DataType = 1,
            RawData = ByteString.CopyFrom(OneFloat),
        };
        tensor.Dims.AddRange(sides);
        return tensor;
    }

    private static GraphProto Graph(params TensorProto[] tensors)
    {
        var graph = new GraphProto();
        graph.Initializer.AddRange(tensors);
        return graph;
    }

    private static byte[] Ours(params TensorProto[] tensors) =>
        new ModelProto
        {
            IrVersion = 8,
            ProducerName = "GpuGeek",
            Graph = Graph(tensors),
        }.ToByteArray();

    private static byte[] Raw(byte[] fields) => RawGraph([0x2a, (byte)(fields.Length + 3), .. fields, 0x42, 1, (byte)'x']);

    private static byte[] RawGraph(byte[] graph) =>
        [.. new ModelProto { IrVersion = 8, ProducerName = "GpuGeek" }.ToByteArray(), 0x3a, .. Varint(graph.Length), .. graph];

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
