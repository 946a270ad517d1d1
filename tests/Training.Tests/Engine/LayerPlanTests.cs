using GpuGeek.Recipes;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

public sealed class WhichLayersLearn
{
    private static readonly TransferSettings All = new() { Pretrained = true, BackboneRate = 0.5 };
    private static readonly Graph ResNet = ModelRegistry.Build("resnet18", 3, 64);
    private static readonly FlatLayout Layout = new(ResNet);

    private static IReadOnlyList<LearningRange> Ranges(TransferSettings transfer, int epoch = 0) =>
        LayerPlan.Of(ResNet, transfer).RangesIn(epoch, Layout, 10);

    private static NodeMode Mode(TransferSettings transfer, string path, int epoch = 0) =>
        LayerPlan.Of(ResNet, transfer).ModesIn(epoch)[ResNet.Nodes.Single(n => n.Path == path)];

    /// <summary>A few operations on long vectors, as before there were layer groups.</summary>
    [Fact]
    public void All_of_them_in_four_ranges_that_cover_every_parameter()
    {
        var ranges = Ranges(All);
        Assert.Equal(
            [(false, true, 0.5), (false, false, 0.5), (true, true, 1), (true, false, 1)],
            ranges.Select(r => (r.Range.IsHead, r.Range.Decays, r.Share))
        );
        Assert.Equal(Layout.Length, ranges.Sum(r => r.Range.Length));
        Assert.True(Layout.Ranges.Count > 4);
    }

    [Fact]
    public void More_slowly_the_nearer_they_are_to_the_input()
    {
        var rates = Ranges(All with { LayerDecay = 0.5 }).Where(r => r.Range.Decays).OrderBy(r => r.Range.Group).Select(r => r.Share);
        // The stem, four groups and the classifier.
        Assert.Equal([0.5 / 32, 0.5 / 16, 0.5 / 8, 0.5 / 4, 0.5 / 2, 1.0], rates.Order());
    }

    [Fact]
    public void Not_those_of_a_frozen_stem_nor_does_decay_change_them()
    {
        var frozen = All with { FrozenGroups = 2 };
        Assert.Equal(NodeMode.Frozen, Mode(frozen, "conv1"));
        Assert.Equal(NodeMode.Frozen, Mode(frozen, "layer1.1.bn2"));
        Assert.Equal(NodeMode.Train, Mode(frozen, "layer2.0.conv1"));
        Assert.All(Ranges(frozen), range => Assert.True(range.Range.Group >= 2));
        Assert.Equal(["fc"], Learning(All with { FrozenGroups = 99 }, 0));
    }

    [Fact]
    public void One_group_after_the_other_from_the_classifier_down()
    {
        var thawing = All with { UnfreezeEpochs = 2 };
        Assert.Equal(["fc"], Learning(thawing, 1));
        Assert.Contains("layer4.0.conv1", Learning(thawing, 2));
        Assert.DoesNotContain("layer3.1.conv2", Learning(thawing, 3));
        Assert.Contains("conv1", Learning(thawing, 10));
        Assert.Equal([20L], Ranges(thawing, 3).Where(r => !r.Range.IsHead).Select(r => r.Begins).Distinct());
        Assert.Equal(Layout.Length, Ranges(thawing, 10).Sum(r => r.Range.Length));
    }

    [Fact]
    public void Without_their_batch_normalisation()
    {
        Assert.Equal(NodeMode.Frozen, Mode(All with { FrozenNorms = true }, "layer4.1.bn2"));
        Assert.Equal(NodeMode.Train, Mode(All with { FrozenNorms = true }, "layer4.1.conv2"));
    }

    /// <summary>A group that thaws late must not begin with the long steps that a running mean of zeros would give it.</summary>
    [Fact]
    public void Late_ones_begin_with_the_first_step_of_their_own()
    {
        using var scope = NewDisposeScope();
        using var late = Filled();
        using var fresh = Filled();
        using var first = new Adam(late, new(0), decoupled: true);
        using var second = new Adam(fresh, new(0), decoupled: true);
        var range = Assert.Single(Layout.Ranges, r => r is { Group: 4, Decays: true });
        first.Step(31, new(0.01, [new(range, 1, Begins: 30)]));
        second.Step(1, new(0.01, [new(range, 1, Begins: 0)]));
        Assert.True(late.Flat.equal(fresh.Flat).all().item<bool>());
        using var start = Filled();
        Assert.InRange((late.Flat - start.Flat).abs().max().item<float>(), 0.009, 0.011);
    }

    private static GraphModule Filled()
    {
        var module = new GraphModule(ResNet, CPU);
        Initialisation.All(module, 1);
        using var frozen = no_grad();
        module.FlatGradient.fill_(0.5f);
        return module;
    }

    private static string[] Learning(TransferSettings transfer, int epoch)
    {
        var plan = LayerPlan.Of(ResNet, transfer).ModesIn(epoch);
        return [.. ResNet.Nodes.Where(n => plan[n] == NodeMode.Train && ParameterSpec.Of(n).Any(p => p.IsLearnt)).Select(n => n.Path)];
    }
}
