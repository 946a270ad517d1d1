using GpuGeek.Training.Export;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Graphs;

/// <summary>An operation that a back end forgot would cost nothing, have no parameters or be left out, and nobody would notice.</summary>
public sealed class EveryOperation
{
    public static TheoryData<string> Names => [.. BackEnds.All.Keys];

    [Fact]
    public void Has_a_sample() =>
        Assert.Equal(
            typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op))).OrderBy(t => t.Name, StringComparer.Ordinal),
            SampleOperations.Types.OrderBy(t => t.Name, StringComparer.Ordinal)
        );

    [Theory, MemberData(nameof(Names))]
    public void Is_known_to(string backEnd)
    {
        foreach (var sample in SampleOperations.All())
            using (sample.Module)
                BackEnds.All[backEnd](sample);
    }

    [Theory, MemberData(nameof(Names))]
    public void That_is_unknown_is_refused_by(string backEnd)
    {
        var planted = SampleOperation.Unknown(new PlantedOperation());
        using (planted.Module)
        {
            var refusal = Assert.ThrowsAny<Exception>(() => BackEnds.All[backEnd](planted));
            Assert.Contains(nameof(PlantedOperation), refusal.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Is_measured_exported_and_read_back_in_a_whole_network()
    {
        foreach (var sample in SampleOperations.All())
            using (sample.Module)
            {
                var graph = sample.Module.Graph;
                Assert.True(ActivationMemory.OfTraining(graph) >= ActivationMemory.OfInference(graph), sample.Op.ToString());
                Assert.True(graph.MultiplyAdds >= 0);
                Assert.NotEmpty(OnnxWriter.Write(FoldedGraph.From(sample.Module), new Dictionary<string, string>(StringComparer.Ordinal)));
                Assert.Empty(FoldedWeights.Unfold(graph, new Dictionary<string, LoadedTensor>(StringComparer.Ordinal)));
            }
    }

    private sealed record PlantedOperation : Op;
}
