using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Peers;

namespace GpuGeek.Training.Tests.Models;

public sealed class ComparedWithTorchvision(TorchvisionPeer peer)
{
    private const double Moved = 0.1;

    public static TheoryData<string> Names => [.. Zoo.All];
    public static TheoryData<string> OfEachBlock => [.. Zoo.OfEachBlock];
    public static TheoryData<string> Others => [.. Zoo.Others];

    [Theory, MemberData(nameof(Names))]
    public void Every_network_has_its_keys_shapes_and_order(string name)
    {
        var (keys, parameters) = peer.Keys(name);
        var graph = ModelRegistry.Build(name, 1000, Domain.Models.ModelCatalog.All[name].InputSize);
        Assert.Equal(keys, graph.Parameters.Select(p => TorchvisionPeer.Describe(p.Name, p.Shape)));
        Assert.Equal(parameters, graph.ParameterCount);
    }

    [Theory, MemberData(nameof(OfEachBlock))]
    public void A_network_of_each_block_computes_the_same_and_a_mistake_in_it_is_seen(string name) => Prove(name);

    [Theory, MemberData(nameof(Others))]
    public void All_other_networks_do_so_too(string name)
    {
        Zoo.SkipUnlessLong();
        Prove(name);
    }

    private void Prove(string name)
    {
        var answer = peer.Prove(name);
        // Else the comparison would prove nothing: what the logits do not depend on may be wrong.
        foreach (var (what, moved) in answer.Moves) Assert.True(moved > Moved, $"{name}: the logits move by only {moved} with {what}");
        var graph = ModelRegistry.Build(name, TorchvisionPeer.Classes, TorchvisionPeer.Size);
        var measured = Proof.Measure(graph, answer);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {Proof.Summary(measured)}, least move {answer.Moves.Values.Min():g2}");
        Assert.Empty(Proof.Differences(measured));
        foreach (var (what, mistaken) in Mutation.Of(graph)) Assert.True(Proof.Sees(mistaken, answer), $"{name}: a wrong {what} was not seen");
    }
}
