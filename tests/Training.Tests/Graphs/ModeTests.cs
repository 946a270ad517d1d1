using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Graphs;

public sealed class AFrozenBackbone
{
    [Fact]
    public void Keeps_its_weights_and_its_running_statistics_while_the_head_learns()
    {
        using var scope = NewDisposeScope();
        using var module = new GraphModule(ModelRegistry.Build("resnet18", 3, 64), CPU);
        Initialisation.All(module, 1);
        var plan = ModePlan.FrozenBackbone(module.Graph);
        module.RequireGradients(plan);
        using var optimizer = new Adam(module, new(0.1), decoupled: true);
        string[] watched =
        [
            "conv1.weight",
            "bn1.weight",
            "bn1.running_mean",
            "bn1.running_var",
            "bn1.num_batches_tracked",
            "layer4.1.bn2.bias",
        ];
        var before = watched.Select(module.Read).ToArray();
        var head = module.Read("fc.weight");
        nn.functional.cross_entropy(module.Forward(randn(4, 3, 64, 64), plan), tensor(new long[] { 0, 1, 2, 0 })).backward();
        optimizer.Step(1, Rates.Of(module, 0.01, backbone: 0));
        Assert.Equal(before, watched.Select(module.Read));
        Assert.NotEqual(head, module.Read("fc.weight"));
    }

    [Fact]
    public void Drops_what_the_classifier_sees_where_that_was_asked_for()
    {
        var graph = ModelRegistry.Build("vgg11", 3, 64);
        NodeMode Of(ModePlan plan, string path) => plan[graph.Nodes.Single(n => n.Path == path)];
        Assert.Equal(NodeMode.Frozen, Of(ModePlan.FrozenBackbone(graph), "classifier.5"));
        Assert.Equal(
            (NodeMode.Frozen, NodeMode.Train),
            (
                Of(ModePlan.FrozenBackbone(graph, dropping: true), "classifier.2"),
                Of(ModePlan.FrozenBackbone(graph, dropping: true), "classifier.5")
            )
        );
    }

    [Fact]
    public void In_training_mode_moves_its_running_statistics()
    {
        using var scope = NewDisposeScope();
        using var module = new GraphModule(ModelRegistry.Build("mobilenet_v2", 3, 64), CPU);
        Initialisation.All(module, 1);
        module.Forward(randn(4, 3, 64, 64), ModePlan.Train(module.Graph));
        Assert.NotEqual(0, module.Read("features.0.1.running_mean")[0]);
        Assert.Equal([1], module.Read("features.0.1.num_batches_tracked"));
    }
}
