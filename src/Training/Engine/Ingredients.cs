using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Engine;

/// <param name="Epoch">From 1.</param>
/// <param name="Correct">Validation pictures that it got right.</param>
internal sealed record Ingredient(int Epoch, int Correct, ModuleState Network);

/// <summary>The networks of the best epochs so far, from which <see cref="Soup"/> is made.</summary>
/// <param name="most">So many; 0 keeps none.</param>
internal sealed class Ingredients(GraphModule module, int most) : ITrainingState
{
    private const string Scores = "scores";

    public string Name => "ingredients";
    public long Bytes => most * (module.Graph.Parameters.Sum(p => p.Count) + 2) * sizeof(float);

    /// <summary>The best first, of equals the earliest.</summary>
    public IReadOnlyList<Ingredient> Kept { get; private set; } = [];

    /// <summary>Whether an epoch with so many right answers is among the best.</summary>
    public bool Wants(int correct) => most > 0 && (Kept.Count < most || correct > Kept[^1].Correct);

    /// <summary>Keeps a copy of the network as it is.</summary>
    public void Keep(int epoch, int correct) =>
        Kept = [.. Kept.Append(new(epoch, correct, ModuleState.Of(module))).OrderByDescending(k => k.Correct).Take(most)];

    // The arrays of a kept network never change: a snapshot may be written from them.
    public IEnumerable<NamedTensor> Save(SnapshotMemory.Part memory) =>
        Kept.Count == 0
            ? []
            :
            [
                new NamedTensor(Scores, [Kept.Count, 2], [.. Kept.SelectMany(k => new float[] { k.Epoch, k.Correct })]),
                .. Kept.SelectMany(k => k.Network.Tensors.Select(t => t with { Name = Prefix(k.Epoch) + t.Name })),
            ];

    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors) =>
        Kept = tensors.TryGetValue(Scores, out var scores)
            ? [.. scores.Values.Chunk(2).Select(score => Loaded((int)score[0], (int)score[1], tensors))]
            : [];

    private static Ingredient Loaded(int epoch, int correct, IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        var prefix = Prefix(epoch);
        var own = tensors.Values.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal));
        return new(epoch, correct, new ModuleState { Tensors = [.. own.Select(t => t with { Name = t.Name[prefix.Length..] })] });
    }

    private static string Prefix(int epoch) => $"{epoch}/";
}
