using System.Buffers.Binary;
using GpuGeek.Domain.Common;
using GpuGeek.TestSupport;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Export;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

/// <summary>Valid files of every format, changed at random: each mutation is determined by its number, so that a failure can be
/// reproduced.</summary>
public sealed class AMutatedWeightsFile : IDisposable
{
    /// <summary>The pickle of today's format alone, in a good archive: checksums keep the mutations of an archive away from it.</summary>
    private const string Pickled = "pickle";
    private const int Short = 500,
        Long = 10_000;

    /// <summary>What a file may cost: numbers and raw bytes, the table's objects, and the streams' buffers whatever the size.</summary>
    private const long TimesSize = 64,
        Fixed = 1 << 20;
    private static readonly byte[] Interesting =
    [
        0,
        1,
        0x7f,
        0x80,
        0xff,
        (byte)'c',
        (byte)'R',
        (byte)'b',
        (byte)'.',
        (byte)'(',
        (byte)'Q',
        (byte)'{',
        (byte)'"',
    ];
    private readonly TempFolder _folder = new();

    private static int Mutations => LongTests.Wanted ? Long : Short;

    private string Target => _folder.File("w");

    public void Dispose() => _folder.Dispose();

    [
        Theory,
        InlineData(WeightsFormats.PyTorch),
        InlineData(WeightsFormats.PyTorchLegacy),
        InlineData(WeightsFormats.Safetensors),
        InlineData(WeightsFormats.Onnx),
        InlineData(Pickled)
    ]
    public void Is_read_or_refused_with_an_explanation_within_its_memory(string format)
    {
        var good = Good(format);
        Write(format, good);
        Assert.Equal(format == Pickled ? WeightsFormats.PyTorch : format, WeightsFile.Read(Target).Format);
        int read = 0,
            refused = 0;
        // The one with old names and with positions that are stretched.
        var network = ModelRegistry.Build("deit_tiny_patch16_224", 2, 32);
        for (var number = 0; number < Mutations; number++)
        {
            var bytes = Mutate(good, number);
            Write(format, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                WeightsFile.Read(Target).For(network);
                read++;
            }
            catch (WeightsException)
            {
                refused++;
            }
            catch (Exception crash)
            {
                Assert.Fail($"Mutation {number} of {format}: {crash}");
            }
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                allocated <= TimesSize * new FileInfo(Target).Length + Fixed,
                $"Mutation {number} of {format}, {bytes.Length} bytes, took {allocated} bytes."
            );
        }
        // Both must happen, or the mutations are too coarse or too fine to prove anything.
        Assert.True(refused > Mutations / 10, $"Only {refused} were refused.");
        Assert.True(read > 0, "None was read.");
    }

    private byte[] Good(string format)
    {
        (string, long[], float[])[] tensors =
        [
            ("features.0.weight", [4, 3], [.. Enumerable.Range(0, 12).Select(i => i / 8f)]),
            ("features.0.bias", [4], [1, 2, 3, 4]),
            ("cls_token", [1, 1, 2], [1, 2]),
            ("pos_embed", [1, 10, 2], new float[20]),
        ];
        switch (format)
        {
            case Pickled:
                return new Pickle()
                    .OpenDict()
                    .Text("a")
                    .Tensor("0", "FloatStorage", 8, 0, [2, 4], [4, 1])
                    .Text("b")
                    .Tensor("0", "FloatStorage", 8, 1, [3], [2])
                    .Text("n")
                    .Tensor("1", "LongStorage", 1, 0, [], [])
                    .Op('u')
                    .End();
            case WeightsFormats.PyTorch:
                TorchFiles.Save(Target, tensors);
                break;
            case WeightsFormats.PyTorchLegacy:
                TorchFiles.SaveLegacy(Target, tensors);
                break;
            case WeightsFormats.Safetensors:
                TensorFile.Write(Target, tensors.Select(t => new NamedTensor(t.Item1, t.Item2, t.Item3)));
                break;
            default:
                File.WriteAllBytes(Target, Exported());
                break;
        }
        return File.ReadAllBytes(Target);
    }

    private void Write(string format, byte[] bytes)
    {
        if (format == Pickled)
            TorchFiles.Zip(Target, bytes, new byte[32], new byte[8]);
        else
            File.WriteAllBytes(Target, bytes);
    }

    private static byte[] Exported()
    {
        var g = new GraphBuilder();
        var x = g.Add("bn", new BatchNorm(4), g.Add("conv", new Conv(3, 4, 3), g.Add("input", new Input(3, 8, 8))));
        using var module = new GraphModule(
            g.Build(g.Add("fc", new Linear(4, 2), g.Add("pool", new GlobalAveragePool(), x)), "fc"),
            TorchSharp.torch.CPU
        );
        return OnnxWriter.Write(FoldedGraph.From(module), new Dictionary<string, string> { ["classes"] = "[]" });
    }

    /// <summary>One to four changes: a bit, a byte, a length, a cut, or a piece of the file somewhere else in it.</summary>
    private static byte[] Mutate(byte[] good, int number)
    {
        var random = CounterRandom.Keyed(67, number, 80);
        var bytes = (byte[])good.Clone();
        for (var changes = 1 + random.Below(2) * random.Below(4); changes > 0 && bytes.Length > 16; changes--)
        {
            var at = random.Below(bytes.Length - 8);
            switch (random.Below(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Below(8));
                    break;
                case 1:
                    bytes[at] = Interesting[random.Below(Interesting.Length)];
                    break;
                case 2:
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), random.Below(2) == 0 ? int.MaxValue : random.Below(1 << 16));
                    break;
                case 3:
                    BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), long.MaxValue >> random.Below(40));
                    break;
                case 4:
                    bytes = bytes[..^(1 + random.Below(random.Below(8) == 0 ? bytes.Length - 16 : 8))];
                    break;
                default:
                    bytes = Splice(bytes, at, random.Below(bytes.Length - 8), 1 + random.Below(64));
                    break;
            }
        }
        return bytes;
    }

    private static byte[] Splice(byte[] bytes, int from, int to, int length)
    {
        var piece = bytes[from..Math.Min(bytes.Length, from + length)];
        return [.. bytes[..to], .. piece, .. bytes[to..]];
    }
}
