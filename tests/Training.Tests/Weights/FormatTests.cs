using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Export;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Weights;

public sealed class AWeightsFileOfAnotherFormat : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Target => _folder.File("w");

    public static TheoryData<string> OfEachFamily => [.. Zoo.OfEachFamily];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_before_PyTorch_1_6_is_read()
    {
        TorchFiles.SaveLegacy(Target, ("module.a.weight", [2, 2], [1, 2, 3, 4]), ("module.a.bias", [2], [5, 6]));
        var file = WeightsFile.Read(Target);
        Assert.Equal((WeightsFormats.PyTorchLegacy, "float32"), (file.Format, Assert.Single(file.Types)));
        Assert.Equal([1, 2, 3, 4], file.Tensors["a.weight"].Values);
        Assert.Equal([5, 6], file.Tensors["a.bias"].Values);
    }

    [Fact]
    public void Of_Python_2_is_read_with_its_items_in_a_list()
    {
        var pickle = new Pickle()
            .Global("collections", "OrderedDict")
            .Op(']')
            .Op(']')
            .Op((byte)'U', 1, (byte)'x')
            .Op('a')
            .Tensor("0", "FloatStorage", 1, 0, [1], [1], legacy: true)
            .Op('a')
            .Op('a')
            .Op(0x85)
            .Op('R')
            .End();
        TorchFiles.Legacy(Target, pickle, TorchFiles.Machine(little: true), ("0", TorchFiles.Bytes(7)));
        Assert.Equal([7], WeightsFile.Read(Target).Tensors["x"].Values);
    }

    [Fact]
    public void That_a_checkpoint_of_ours_is_in_is_read()
    {
        TensorFile.Write(Target, [new("fc.weight", [2, 1], [1, 2]), new("fc.bias", [2], [3, 4])]);
        var file = WeightsFile.Read(Target);
        Assert.Equal(WeightsFormats.Safetensors, file.Format);
        Assert.Equal([2, 1], file.Tensors["fc.weight"].Shape);
        Assert.Equal([3, 4], file.Tensors["fc.bias"].Values);
    }

    /// <summary>Header and bytes by hand from the format's definition: 1 and −2 in each type, with metadata and the padding that writers
    /// put behind the header.</summary>
    [Theory]
    [
        InlineData("F64", "float64", "000000000000F03F00000000000000C0"),
        InlineData("F16", "float16", "003C00C0"),
        InlineData("BF16", "bfloat16", "803F00C0"),
        InlineData("I64", "int64", "0100000000000000FEFFFFFFFFFFFFFF"),
        InlineData("I8", "int8", "01FE")
    ]
    public void That_safetensors_wrote_is_read_in_every_type(string type, string name, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        TorchFiles.Safetensors(
            Target,
            """{"__metadata__":{"format":"pt"},"module.x":"""
                + $$$"""{"dtype":"{{{type}}}","shape":[2],"data_offsets":[0,{{{bytes.Length}}}]}}   """,
            bytes
        );
        var file = WeightsFile.Read(Target);
        Assert.Equal([1, -2], file.Tensors["x"].Values);
        Assert.Equal([name], file.Types);
    }

    /// <summary>Layer by layer: the folded numbers of the network that read the file are those of the network that wrote it.</summary>
    [Theory, MemberData(nameof(OfEachFamily))]
    public void That_we_exported_to_ONNX_gives_a_network_with_the_same_folded_numbers(string name)
    {
        using var wrote = new GraphModule(ModelRegistry.Build(name, 3, 64), CPU);
        FillUnevenly(wrote);
        using var reads = Reread(wrote);
        IReadOnlyList<FoldedNode> expected = FoldedGraph.From(wrote).Nodes,
            actual = FoldedGraph.From(reads).Nodes;
        Assert.Equal(expected.Select(node => node.Path), actual.Select(node => node.Path));
        foreach (var (left, right) in expected.SelectMany(node => node.Tensors).Zip(actual.SelectMany(node => node.Tensors)))
        {
            Assert.Equal(left.Name, right.Name);
            var scale = left.Values.Max(Math.Abs);
            Assert.True(scale > 0, left.Name);
            Assert.True(left.Values.Zip(right.Values, (a, b) => Math.Abs(a - b)).Max() <= 1e-6 * scale, left.Name);
        }
    }

    [Fact]
    public void That_we_exported_to_ONNX_gives_a_network_that_answers_the_same()
    {
        using var scope = NewDisposeScope();
        using var wrote = new GraphModule(EveryKindOfNorm(), CPU);
        FillUnevenly(wrote);
        using var reads = Reread(wrote);
        manual_seed(4);
        var input = randn(2, 3, 16, 16);
        float[] expected = Answer(wrote, input),
            actual = Answer(reads, input);
        Assert.True(
            Math.Abs(expected[0] - expected[3]) > 1e-2 * Math.Abs(expected[0]),
            "Another picture gives the same answer: the comparison proves nothing."
        );
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-5 * Math.Abs(expected[i]));
    }

    /// <summary>Behind a convolution without a bias, behind one with a bias, and one that cannot be folded.</summary>
    private static Graph EveryKindOfNorm()
    {
        var g = new GraphBuilder();
        var x = g.Add("conv1", new Conv(3, 4, 3, 2, 1), g.Add("input", new Input(3, 16, 16)));
        x = g.Add("act1", new Activation(ActivationKind.Relu6), g.Add("bn1", new BatchNorm(4), x));
        x = g.Add("bn2", new BatchNorm(5, 1e-3), g.Add("conv2", new Conv(4, 5, 3, Padding: 1, Bias: true), x));
        x = g.Add("free", new BatchNorm(5), g.Add("act2", new Activation(ActivationKind.Silu), x));
        return g.Build(g.Add("fc", new Linear(5, 3), g.Add("pool", new GlobalAveragePool(), x)), "fc");
    }

    private GraphModule Reread(GraphModule wrote)
    {
        File.WriteAllBytes(Target, OnnxWriter.Write(FoldedGraph.From(wrote), new Dictionary<string, string>()));
        var reads = new GraphModule(wrote.Graph, CPU);
        var file = WeightsFile.Read(Target);
        Assert.Equal(WeightsFormats.Onnx, file.Format);
        Assert.False(WeightsLoading.Load(reads, file.For(wrote.Graph)).HeadReplaced);
        return reads;
    }

    /// <summary>No number is what a fresh network has, nor the same as its neighbour.</summary>
    private static void FillUnevenly(GraphModule module)
    {
        var state = 1u;
        foreach (var p in module.Graph.Parameters.Where(p => p.Kind is not (ParameterKind.Index or ParameterKind.Counter)))
        {
            var values = new float[p.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = 0.5f + ((state = state * 1664525 + 1013904223) >> 8) * (1f / (1 << 24));
            module.Write(p.Name, values);
        }
    }

    private static float[] Answer(GraphModule module, Tensor input) =>
        module.Forward(input, ModePlan.Eval(module.Graph)).contiguous().data<float>().ToArray();
}
