using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Models;

public sealed class EveryNetwork
{
    public static TheoryData<string> Names => [.. ModelCatalog.All.Keys];
    public static TheoryData<string> OfEachBlock => [.. Zoo.OfEachBlock];

    [Fact]
    public void Has_a_card_and_every_card_a_network() =>
        Assert.Equal(ModelCatalog.All.Keys.Order(StringComparer.Ordinal), ModelRegistry.Names.Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Names))]
    public void Has_the_parameters_multiply_adds_and_memory_of_its_card(string name)
    {
        var card = ModelCatalog.All[name];
        var graph = ModelRegistry.Build(name, 1000, card.InputSize);
        Assert.Equal(card.Parameters, graph.ParameterCount);
        Assert.Equal(card.MultiplyAdds, graph.MultiplyAdds);
        Assert.Equal((card.InferenceBytes, card.TrainingBytes), (ActivationMemory.OfInference(graph), ActivationMemory.OfTraining(graph)));
        Assert.Equal(card.ClassifierPath, graph.ClassifierPath);
    }

    [Theory, InlineData("mobilenet_v2"), InlineData("resnet18")]
    public void Names_its_parameters_as_torchvision_does(string name)
    {
        var expected = File.ReadAllLines(
            Path.Combine(GpuGeek.TestSupport.SharedData.RepositoryRoot, "tests", "Training.Tests", "Models", "Keys", $"{name}.txt")
        );
        Assert.Equal(expected, ModelRegistry.Build(name, 1000, 224).Parameters.Select(p => p.Name));
    }

    [Theory, MemberData(nameof(OfEachBlock))]
    public void Leaves_no_tensor_behind(string name)
    {
        using var module = new GraphModule(ModelRegistry.Build(name, 3, 64), CPU);
        using var outer = NewDisposeScope();
        var x = zeros(2, 3, 64, 64);
        var before = outer.DisposablesCount;
        foreach (var plan in new[] { ModePlan.Eval(module.Graph), ModePlan.Train(module.Graph) })
            using (module.Forward(x, plan))
                Assert.Equal(before + 1, outer.DisposablesCount);
    }

    [Theory, MemberData(nameof(Names))]
    public void Takes_an_input_of_64_pixels_and_refuses_one_of_which_nothing_would_be_left(string name)
    {
        var graph = ModelRegistry.Build(name, 7, 64);
        Assert.Equal([7], graph.Nodes[graph.Output].Shape);
        Assert.Equal("invalid_input_size", Assert.Throws<DomainException>(() => ModelRegistry.Build(name, 2, 0)).Code);
    }
}
