using GpuGeek.Domain.Models;
using GpuGeek.Inference;
using GpuGeek.Training.Export;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Export;

public sealed class ExportingToOnnx
{
    public static TheoryData<string> Names => [.. ModelCatalog.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void ONNX_Runtime_answers_what_the_network_answers(string name)
    {
        using var module = new GraphModule(ModelRegistry.Build(name, 7, 64));
        Initialisation.All(module, 3);
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        // A few training passes, so that folding meets statistics that are not 0 and 1.
        for (var i = 0; i < 3; i++) module.Forward(randn(8, 3, 64, 64) * 2 + 0.5, ModePlan.Train(module.Graph)).Dispose();
        var input = randn(5, 3, 64, 64);
        var expected = module.Forward(input, ModePlan.Eval(module.Graph)).contiguous().data<float>().ToArray();
        using var session = new CoreSession(OnnxWriter.Write(FoldedGraph.From(module), new Dictionary<string, string>()), 1);
        var actual = session.Logits(input.contiguous().data<float>().ToArray(), 5);
        var scale = Math.Max(1, expected.Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4 * scale);
    }

    [Fact]
    public void Equal_networks_give_equal_bytes()
    {
        byte[] Write()
        {
            using var module = new GraphModule(ModelRegistry.Build("resnet18", 3, 32));
            Initialisation.All(module, 3);
            return OnnxWriter.Write(FoldedGraph.From(module), new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });
        }
        Assert.Equal(Write(), Write());
    }

    [Fact]
    public void An_export_that_differs_is_not_published()
    {
        Assert.Equal(0.00005, ExportProof.Compare([[1.00005f, 0]], [[1, 0]], 1), 6);
        Assert.Equal("export_mismatch", Assert.Throws<Training.Engine.TrainingFailedException>(() => ExportProof.Compare([[1.001f, 0]], [[1, 0]], 1)).Failure.Code);
        Assert.Throws<Training.Engine.TrainingFailedException>(() => ExportProof.Compare([[float.NaN, 0]], [[1, 0]], 1));
    }
}
