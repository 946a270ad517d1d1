using GpuGeek.Inference;
using GpuGeek.Training.Common;
using GpuGeek.Training.Export;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Export;

public sealed class ExportingToOnnx
{
    public static TheoryData<string> OfEachBlock => [.. Models.Zoo.OfEachBlock];
    public static TheoryData<string> Others => [.. Models.Zoo.Others];

    [Theory, MemberData(nameof(OfEachBlock))]
    public void ONNX_Runtime_answers_what_the_network_answers(string name) => Compare(name, 64);

    [Theory, InlineData("squeezenet1_0", 63), InlineData("swin_t", 112), InlineData("swin_t", 96)]
    public void So_it_does_where_pools_round_up_and_windows_are_shifted(string name, int size) => Compare(name, size);

    [Theory, MemberData(nameof(Others))]
    public void So_it_does_for_every_other_network(string name)
    {
        Models.Zoo.SkipUnlessLong();
        Compare(name, 64);
    }

    [Theory, InlineData(2), InlineData(10), InlineData(14)]
    public void So_it_does_where_the_windows_of_a_pool_overlap(int size)
    {
        var g = new GraphBuilder();
        var x = g.Add("conv", new Conv(3, 5, 3, 1, 1), g.Add("input", new Input(3, size, size)));
        x = g.Add("flatten", new Reshape(5 * 49), g.Add("avgpool", new AdaptiveAveragePool(7), x));
        Compare(g.Build(g.Add("fc", new Linear(5 * 49, 7), x), "fc"), size);
    }

    private static void Compare(string name, int size) => Compare(ModelRegistry.Build(name, 7, size), size);

    private static void Compare(Graph graph, int size)
    {
        using var module = new GraphModule(graph, CPU);
        Initialisation.All(module, 3);
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        // A few training passes, so that folding meets statistics that are not 0 and 1.
        for (var i = 0; i < 3; i++)
            module.Forward(randn(8, 3, size, size) * 2 + 0.5, ModePlan.Train(module.Graph)).Dispose();
        var input = randn(5, 3, size, size);
        var expected = module.Forward(input, ModePlan.Eval(module.Graph)).contiguous().data<float>().ToArray();
        using var session = new CoreSession(OnnxWriter.Write(FoldedGraph.From(module), new Dictionary<string, string>()), 1);
        var actual = session.Logits(input.contiguous().data<float>().ToArray(), 5);
        var scale = Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-4 * scale);
    }

    [Fact]
    public void Equal_networks_give_equal_bytes()
    {
        byte[] Write()
        {
            using var module = new GraphModule(ModelRegistry.Build("resnet18", 3, 32), CPU);
            Initialisation.All(module, 3);
            return OnnxWriter.Write(FoldedGraph.From(module), new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });
        }
        Assert.Equal(Write(), Write());
    }

    [Fact]
    public void An_export_that_differs_is_not_published()
    {
        Assert.Equal(
            0.00005,
            ExportProof.Compare(
                [
                    [1.00005f, 0],
                ],
                [
                    [1, 0],
                ],
                1
            ),
            6
        );
        Assert.Equal(
            "export_mismatch",
            Assert
                .Throws<TrainingFailedException>(() =>
                    ExportProof.Compare(
                        [
                            [1.001f, 0],
                        ],
                        [
                            [1, 0],
                        ],
                        1
                    )
                )
                .Failure.Code
        );
        Assert.Throws<TrainingFailedException>(() =>
            ExportProof.Compare(
                [
                    [float.NaN, 0],
                ],
                [
                    [1, 0],
                ],
                1
            )
        );
    }
}
