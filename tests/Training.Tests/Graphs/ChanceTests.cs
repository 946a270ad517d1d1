using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Graphs;

public sealed class WhatIsDropped
{
    private static readonly Graph Graph = TwoDropouts();

    private static Graph TwoDropouts()
    {
        var g = new GraphBuilder();
        var rows = g.Add("second", new Dropout(0.3), g.Add("first", new Dropout(0.3), g.Add("input", new Input(1000))));
        return g.Build(g.Add("fc", new Linear(1000, 2), rows), "fc");
    }

    private static Node Node(string path) => Graph.Nodes.Single(n => n.Path == path);

    private static float[] Mask(Chance chance, int rows, string path = "first", double probability = 0.3)
    {
        using var scope = NewDisposeScope();
        return [.. chance.Mask(Node(path), [rows, 1000], probability, zeros(1)).data<float>()];
    }

    /// <summary>Neither another batch nor another cut into parts changes it.</summary>
    [Fact]
    public void Of_a_picture_does_not_depend_on_the_others_in_its_batch() =>
        Assert.Equal(Mask(new(7, 3, [4, 9, 2]), 3)[1000..2000], Mask(new(7, 3, [9]), 1));

    [Fact]
    public void Differs_from_seed_to_seed_epoch_to_epoch_picture_to_picture_and_node_to_node()
    {
        float[][] masks =
        [
            Mask(new(7, 3, [9]), 1),
            Mask(new(8, 3, [9]), 1),
            Mask(new(7, 4, [9]), 1),
            Mask(new(7, 3, [8]), 1),
            Mask(new(7, 3, [9]), 1, "second"),
        ];
        for (var i = 0; i < masks.Length; i++)
        for (var j = 0; j < i; j++)
            // Two independent ones agree in 0.3² + 0.7² of the places.
            Assert.InRange(masks[i].Zip(masks[j]).Count(pair => pair.First == pair.Second), 480, 680);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Is_so_much_as_the_probability_says_and_the_rest_is_scaled_up(double probability)
    {
        var mask = Mask(new(1, 0, null), 200, probability: probability);
        Assert.Equal(probability, mask.Count(value => value == 0) / 200_000.0, 0.005);
        Assert.Equal(1, mask.Average(), 0.03);
        Assert.Equal([0, (float)(1 / (1 - probability))], mask.Distinct().Order());
    }
}
