using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Peers;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Models;

public sealed class ANetworkBuiltOtherwise(TorchvisionPeer peer)
{
    public static TheoryData<string> Names => [.. Zoo.All];
    public static TheoryData<string> OfEachFamily => [.. Zoo.OfEachFamily];

    [Theory, MemberData(nameof(OfEachFamily))]
    public void Computes_as_torchvision_does_at_another_input_size(string name) => Compare(name, 96);

    [Theory, MemberData(nameof(Names))]
    public void So_does_every_network_at_a_third_size(string name)
    {
        Zoo.SkipUnlessLong();
        Compare(name, 128);
    }

    [Theory, MemberData(nameof(Names))]
    public void Drops_as_often_as_torchvisions(string name) =>
        Assert.Equal(peer.Chances(name, []), Chances(ModelRegistry.Build(name, 10, 64)));

    [
        Theory,
        InlineData("mobilenet_v2", 0.35, null),
        InlineData("mobilenet_v3_small", 0.35, null),
        InlineData("vgg11", 0.1, null),
        InlineData("squeezenet1_1", 0.2, null)
    ]
    [InlineData("efficientnet_b0", null, 0.4), InlineData("convnext_tiny", null, 0.6)]
    public void So_it_does_with_rates_of_its_own(string name, double? dropout, double? stochasticDepth)
    {
        var options = new Dictionary<string, double>();
        if (dropout is { } d)
            options.Add("dropout", d);
        if (stochasticDepth is { } s)
            options.Add("stochastic_depth_prob", s);
        Assert.Equal(peer.Chances(name, options), Chances(ModelRegistry.Build(name, 10, 64, new(dropout, stochasticDepth))));
    }

    [Theory, MemberData(nameof(Names))]
    public void Drops_what_the_classifier_sees_even_where_nothing_was_dropped(string name)
    {
        var graph = ModelRegistry.Build(name, 10, 64, new(0.25));
        Assert.Equal(new Dropout(0.25), graph.Nodes[graph.Classifier.Inputs[0]].Op);
        Assert.All(graph.Nodes.Select(n => n.Op).OfType<Dropout>(), d => Assert.Equal(0.25, d.Probability));
        Assert.Equal(ModelRegistry.Build(name, 10, 64).Parameters.Select(p => p.Name), graph.Parameters.Select(p => p.Name));
    }

    [Theory, MemberData(nameof(Names))]
    public void Skips_residual_branches_more_often_towards_the_end_or_says_that_it_has_none(string name)
    {
        var options = new BuildOptions(StochasticDepth: 0.4);
        if (!ModelCatalog.All[name].HasBranches)
        {
            Assert.Equal(
                "stochastic_depth_unsupported",
                Assert.Throws<DomainException>(() => ModelRegistry.Build(name, 10, 64, options)).Code
            );
            Assert.DoesNotContain(ModelRegistry.Build(name, 10, 64).Nodes, n => n.Op is Add);
            return;
        }
        var graph = ModelRegistry.Build(name, 10, 64, options);
        double[] rates = [.. graph.Nodes.Select(n => n.Op).OfType<StochasticDepth>().Select(s => s.Probability)];
        Assert.Equal(graph.Nodes.Count(n => n.Op is Add), rates.Length);
        Assert.Equal(rates.Order(), rates);
        Assert.InRange(rates[^1], 0.3, 0.4);
    }

    [Theory, MemberData(nameof(OfEachFamily))]
    public void Sees_a_gray_picture_as_three_equal_channels_when_weights_of_three_are_loaded(string name)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var colour = new GraphModule(ModelRegistry.Build(name, 5, 64), CPU);
        Initialisation.All(colour, 1);
        using var gray = new GraphModule(ModelRegistry.Build(name, 5, 64, new(InputChannels: 1)), CPU);
        var file = colour.Graph.Parameters.ToDictionary(
            p => p.Name,
            p => new LoadedTensor(p.Shape, colour.Read(p.Name)),
            StringComparer.Ordinal
        );
        WeightsLoading.Load(gray, PublishedKeys.Adapt(gray.Graph, file));
        random.manual_seed(1);
        var picture = randn(2, 1, 64, 64);
        var expected = colour.Forward(picture.expand(2, 3, 64, 64), ModePlan.Eval(colour.Graph));
        var actual = gray.Forward(picture, ModePlan.Eval(gray.Graph));
        Assert.True(allclose(expected, actual, 1e-3, 1e-4 * expected.abs().max().item<float>()), name);
    }

    [
        Theory,
        InlineData("vit_b_16", 100, "96"),
        InlineData("vit_b_32", 48, "32"),
        InlineData("resnet18", 31, "32"),
        InlineData("resnet18", 0, "32"),
        InlineData("swin_t", 5000, "1024")
    ]
    public void Says_which_input_sizes_there_are(string name, int size, string nearest)
    {
        var refused = Assert.Throws<DomainException>(() => ModelRegistry.Build(name, 2, size));
        Assert.Equal("invalid_input_size", refused.Code);
        Assert.Contains("32 to 1024", refused.Message, StringComparison.Ordinal);
        Assert.StartsWith($"Choose {nearest}, ", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_rates_and_channels_that_there_are_not()
    {
        foreach (
            var options in new BuildOptions[]
            {
                new(-0.1),
                new(0.91),
                new(double.NaN),
                new(StochasticDepth: 1),
                new(InputChannels: 2),
                new(InputChannels: 4),
            }
        )
            Assert.Throws<ArgumentOutOfRangeException>(() => ModelRegistry.Build("resnet18", 2, 64, options));
    }

    private void Compare(string name, int size)
    {
        var graph = ModelRegistry.Build(name, TorchvisionPeer.Classes, size);
        Assert.InRange(Proof.OfLogits(graph, peer.Evaluate(name, size)), 0, Proof.Double);
    }

    private static IEnumerable<string> Chances(Graph graph) =>
        graph
            .Nodes.Select(n =>
                n.Op switch
                {
                    Dropout d => ("Dropout", d.Probability),
                    StochasticDepth s => ("StochasticDepth", s.Probability),
                    _ => ("", 0),
                }
            )
            .Where(chance => chance.Item2 > 0)
            .Select(chance => TorchvisionPeer.Chance(chance.Item1, chance.Item2));
}
