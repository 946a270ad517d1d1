using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

public sealed class LoadingByLayerGroup : IDisposable
{
    private const int Classes = 4;
    private readonly GraphModule _network = new(ModelRegistry.Build("resnet18", Classes, 32), TorchSharp.torch.CPU);
    private readonly Dictionary<string, LoadedTensor> _file;

    public LoadingByLayerGroup()
    {
        Initialisation.All(_network, 1);
        _file = _network.Graph.Parameters.ToDictionary(
            p => p.Name,
            p => new LoadedTensor(p.Shape, [.. Enumerable.Repeat(0.25f, (int)p.Count)]),
            StringComparer.Ordinal
        );
    }

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Takes_the_first_groups_and_leaves_the_others_as_they_were()
    {
        var before = _network.Read("layer3.0.conv1.weight");
        _file.Remove("layer4.1.bn2.bias");
        _file["of.another"] = new([1], [1]);
        var report = WeightsLoading.Load(_network, _file, new LoadRule(Groups: GroupOf("layer2.0.conv1") + 1));
        Assert.All(_network.Read("layer2.0.conv1.weight"), value => Assert.Equal(0.25f, value));
        Assert.Equal(before, _network.Read("layer3.0.conv1.weight"));
        Assert.True(report.HeadReplaced);
        Assert.Equal(ParametersOf(0, 1, 2), report.Loaded);
    }

    [Fact]
    public void Takes_nothing_where_a_group_that_was_asked_for_does_not_fit_whole()
    {
        var before = _network.Read("conv1.weight");
        _file.Remove("layer2.1.bn2.bias");
        _file["layer1.0.bn1.weight"] = new([3], [1, 2, 3]);
        var refused = Assert.Throws<WeightsException>(() =>
            WeightsLoading.Load(_network, _file, new LoadRule(Groups: GroupOf("layer2.0.conv1") + 1))
        );
        Assert.Equal("weights_mismatch", refused.Code);
        Assert.Contains("1 missing (layer2.1.bn2.bias)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("layer1.0.bn1.weight: network 64, file 3", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, _network.Read("conv1.weight"));
    }

    [Theory, InlineData(0), InlineData(99)]
    public void Refuses_a_count_of_groups_that_the_network_does_not_have(int groups) =>
        Assert.Equal(
            "weights_mismatch",
            Assert.Throws<WeightsException>(() => WeightsLoading.Load(_network, _file, new LoadRule(Groups: groups))).Code
        );

    [Fact]
    public void Keeps_the_files_classifier_only_where_that_is_allowed_and_it_is_as_large()
    {
        Assert.False(WeightsLoading.Load(_network, _file, new LoadRule(KeepHead: true)).HeadReplaced);
        Assert.All(_network.Read("fc.weight"), value => Assert.Equal(0.25f, value));
        Initialisation.All(_network, 1);
        var own = _network.Read("fc.weight");
        Assert.True(WeightsLoading.Load(_network, _file, new LoadRule(KeepHead: false)).HeadReplaced);
        Assert.Equal(own, _network.Read("fc.weight"));
        _file["fc.weight"] = new([Classes + 1, 512], new float[(Classes + 1) * 512]);
        Assert.True(WeightsLoading.Load(_network, _file, new LoadRule(KeepHead: true)).HeadReplaced);
        Assert.Equal(own, _network.Read("fc.weight"));
    }

    [Fact]
    public void Does_without_the_counters_that_old_files_lack()
    {
        foreach (var name in _file.Keys.Where(name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToArray())
            _file.Remove(name);
        Assert.Equal(
            _network.Graph.Parameters.Count(p => p.Kind != ParameterKind.Counter),
            WeightsLoading.Load(_network, _file, new LoadRule()).Loaded
        );
    }

    private int GroupOf(string path) => _network.Graph.Nodes.Single(node => node.Path == path).Group;

    private int ParametersOf(params int[] groups) =>
        _network.Graph.Nodes.Where(node => groups.Contains(node.Group)).SelectMany(ParameterSpec.Of).Count();
}
