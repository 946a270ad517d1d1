using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

public sealed class AHostileWeightsFile : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly GraphModule _network = new(Network(), TorchSharp.torch.CPU);

    private string Target => _folder.File("w");

    public void Dispose()
    {
        _folder.Dispose();
        _network.Dispose();
    }

    public static TheoryData<int, string> Cases => [.. HostileCorpus.All.Select(hostile => (hostile.Number, hostile.What))];

    [Theory, MemberData(nameof(Cases))]
    public void Is_refused_with_its_code(int number, string what)
    {
        var hostile = HostileCorpus.All.Single(c => c.Number == number && c.What == what);
        hostile.Make(Target);
        var refusal = Assert.Throws<WeightsException>(Use);
        Assert.Equal(hostile.Code, refusal.Code);
        Assert.NotNull(refusal.Hint);
        Assert.DoesNotContain(_folder.Path, refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/owned"));
    }

    [Fact]
    public void Has_a_case_for_every_number_of_the_corpus() =>
        Assert.Equal(Enumerable.Range(67, 14), HostileCorpus.All.Select(c => c.Number).Distinct().Order());

    /// <summary>Without this, every case could be refused for another reason.</summary>
    [Fact]
    public void Is_one_that_nothing_is_wrong_with_in_no_case()
    {
        TensorFile.Write(
            Target,
            [new("conv.weight", [2, 3, 1, 1], new float[6]), new("fc.weight", [2, 2], new float[4]), new("fc.bias", [2], new float[2])]
        );
        Use();
        BrokenZips.Good(Target);
        Assert.Equal([1.25f, 2.25f, 3.25f, 4.25f], WeightsFile.Read(Target).Tensors["x"].Values);
    }

    [Fact]
    public void Of_wrong_shapes_is_refused_with_both()
    {
        TensorFile.Write(Target, [new("conv.weight", [2, 3, 1, 2], new float[12])]);
        Assert.Contains(
            "conv.weight: network 2×3×1×1, file 2×3×1×2",
            Assert.Throws<WeightsException>(Use).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Cut_anywhere_is_refused_and_never_crashes()
    {
        var whole = BrokenZips.Good(Target);
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(Target, whole[..length]);
            Assert.True(Assert.Throws<WeightsException>(Use).Code is "weights_unreadable" or "weights_unsupported");
        }
    }

    private void Use() => WeightsLoading.Load(_network, WeightsFile.Read(Target).For(_network.Graph));

    private static Graph Network()
    {
        var g = new GraphBuilder();
        var x = g.Add("conv", new Conv(3, 2, 1), g.Add("input", new Input(3, 4, 4)));
        return g.Build(g.Add("fc", new Linear(2, 2), g.Add("pool", new GlobalAveragePool(), x)), "fc");
    }
}
