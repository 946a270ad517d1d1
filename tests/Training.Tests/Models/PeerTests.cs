using GpuGeek.Domain.Models;
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
        var graph = ModelRegistry.Build(name, 1000, ModelCatalog.All[name].InputSize);
        Assert.Equal(keys, graph.Parameters.Select(p => TorchvisionPeer.Describe(p.Name, p.Shape)));
        Assert.Equal(parameters, graph.ParameterCount);
    }

    public static TheoryData<string> Published => [.. Zoo.All.Where(name => !name.StartsWith("deit_", StringComparison.Ordinal))];

    /// <summary>Seven files of EfficientNet have been republished: the same numbers under names with the right hash.</summary>
    [Theory, MemberData(nameof(Published))]
    public void The_catalogue_says_of_the_weights_what_torchvision_says(string name)
    {
        var card = ModelCatalog.All[name];
        var notes = peer.Published(name);
        var anew =
            card.Weights.FileName.Contains("_rwightman-", StringComparison.Ordinal)
            || card.Weights.FileName.Contains("_lukemelas-", StringComparison.Ordinal);
        Assert.Equal(
            anew
                ? notes.Single(n => n.File.Split('-')[0] == card.Weights.FileName.Split('-')[0]).Notes
                : notes.Single(n => n.File == card.Weights.FileName).Notes,
            TorchvisionPeer.Notes(
                card.ImageNetTop1,
                card.Parameters,
                card.InputSize,
                card.PublishedResize,
                card.PublishedInterpolation.ToString().ToLowerInvariant()
            )
        );
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
        // Otherwise the comparison would prove nothing: a part that does not affect the logits may be wrong.
        foreach (var (what, moved) in answer.Moves)
            Assert.True(moved > Moved, $"{name}: the logits move by only {moved} with {what}");
        var graph = ModelRegistry.Build(name, TorchvisionPeer.Classes, TorchvisionPeer.Size);
        var measured = Proof.Measure(graph, answer);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {Proof.Summary(measured)}, least move {answer.Moves.Values.Min():g2}");
        Assert.Empty(Proof.Differences(measured));
        foreach (var (what, mistaken) in Mutation.Of(graph))
            Assert.True(Proof.Sees(mistaken, answer), $"{name}: a wrong {what} was not seen");
    }
}
