using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Tests.Graphs;

public sealed class ADescribedNetwork
{
    [Fact]
    public void Is_refused_when_an_operation_does_not_fit_its_input()
    {
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(3, 8, 8));
        Assert.Contains(
            "'conv'",
            Assert.Throws<ArgumentException>(() => g.Add("conv", new Conv(4, 8, 3), x)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => g.Add("fc", new Linear(3, 2), x));
    }

    [Fact]
    public void Declares_parameters_in_an_order_of_its_own()
    {
        var g = new GraphBuilder();
        var x = g.Add("input", new Input(4));
        x = g.Add("second", new Linear(4, 4), x);
        x = g.Add("first", new Linear(4, 2), x);
        var graph = g.Build(x, "first", ["first", "second"]);
        Assert.Equal(["first.weight", "first.bias", "second.weight", "second.bias"], graph.Parameters.Select(p => p.Name));
        Assert.Equal(["second", "first"], graph.Nodes.Skip(1).Select(n => n.Path));
    }

    [Fact]
    public void Groups_parameters_with_equal_settings()
    {
        var layout = new FlatLayout(GpuGeek.Training.Models.ModelRegistry.Build("resnet18", 10, 64));
        Assert.Equal(
            [(false, true), (false, false), (true, true), (true, false)],
            layout.Ranges.Select(r => (r.IsHead, r.Decays)).Distinct()
        );
        // The stem and the four groups of blocks, then the classifier.
        Assert.Equal([0, 1, 2, 3, 4, 5], layout.Ranges.Where(r => r.Decays).Select(r => r.Group));
        Assert.Equal(5120, layout.Ranges.Single(r => r is { IsHead: true, Decays: true }).Length);
        Assert.Equal(layout.Length, layout.Ranges.Sum(r => r.Length));
    }
}
