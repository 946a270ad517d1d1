using GpuGeek.Domain.Common;
using GpuGeek.Recipes;

namespace GpuGeek.Training.Data;

/// <summary>
/// Which examples of the training split an epoch takes, and in which batches: a function of (seed, epoch). It speaks of positions:
/// <see cref="ExampleOf"/> says which example one stands for. An example that is taken again in an epoch has another position, so its
/// random numbers are other ones.
/// </summary>
/// <param name="labels">Of each example of the split.</param>
internal sealed class TrainingOrder(long[] labels, Recipe recipe)
{
    /// <summary>So often at most an example of a rare class is taken in an epoch: more would be learned by heart.</summary>
    public const int MostTimes = 100;

    private const long Stream = -1;
    private readonly int[][] _classes =
    [
        .. labels.Select((label, i) => (label, i)).GroupBy(e => e.label, e => e.i).OrderBy(g => g.Key).Select(g => g.ToArray()),
    ];

    private int Repeats => recipe.Data.Repeats;

    /// <summary>Examples of an epoch, each counted as often as it is taken.</summary>
    public int Count =>
        recipe.Data.Sampler switch
        {
            DataSettings.Oversample => _classes.Sum(Oversampled),
            DataSettings.Undersample => _classes.Length * _classes.Min(c => c.Length),
            _ => labels.Length,
        };

    public int ExampleOf(int position) => position % labels.Length;

    /// <summary>The incomplete batch at the end is left out (batch norm over a few examples is noise), unless it is the only
    /// one.</summary>
    public IEnumerable<int[]> Batches(int epoch)
    {
        var positions = Repeated(Positions(CounterRandom.Keyed(recipe.Data.Seed, epoch, Stream)));
        var batches = positions.Chunk(recipe.Data.BatchSize);
        return positions.Length < recipe.Data.BatchSize ? batches : batches.Where(batch => batch.Length == recipe.Data.BatchSize);
    }

    private int[] Positions(CounterRandom random) =>
        recipe.Data.Sampler switch
        {
            DataSettings.Shuffle => random.Permutation(labels.Length),
            DataSettings.Stratified => Stratified(random),
            DataSettings.Oversample => Shuffled(random, [.. _classes.SelectMany((c, i) => Times(random.Branch(i), c, Oversampled(c)))]),
            DataSettings.Undersample => Shuffled(
                random,
                [.. _classes.SelectMany((c, i) => Times(random.Branch(i), c, Count / _classes.Length))]
            ),
            var other => throw new InvalidOperationException($"The sampler {other} is unknown."),
        };

    /// <summary>Every class is spread evenly over the epoch, so a batch has its share of each, give or take one.</summary>
    private int[] Stratified(CounterRandom random)
    {
        var spread = new List<(double At, ulong Tie, int Example)>(labels.Length);
        for (var c = 0; c < _classes.Length; c++)
        {
            var own = random.Branch(c);
            var offset = own.NextDouble();
            foreach (var (rank, i) in own.Permutation(_classes[c].Length).Index())
                spread.Add(((rank + offset) / _classes[c].Length, own.NextBits(), _classes[c][i]));
        }
        return [.. spread.OrderBy(e => e.At).ThenBy(e => e.Tie).Select(e => e.Example)];
    }

    private int Oversampled(int[] ofClass) => (int)Math.Min(_classes.Max(c => c.Length), (long)MostTimes * ofClass.Length);

    /// <summary>So many positions of a class: all of its examples equally often, give or take one.</summary>
    private IEnumerable<int> Times(CounterRandom random, int[] ofClass, int count) =>
        Enumerable
            .Range(0, (count + ofClass.Length - 1) / ofClass.Length)
            .SelectMany(time => random.Branch(time).Permutation(ofClass.Length).Select(i => checked(ofClass[i] + time * labels.Length)))
            .Take(count);

    private static int[] Shuffled(CounterRandom random, int[] positions) =>
        [.. random.Permutation(positions.Length).Select(i => positions[i])];

    /// <summary>Repeated augmentation (Hoffer et al. 2020, arXiv:1901.09335; Berman et al. 2019, arXiv:1902.05509): each example several
    /// times in a row, fewer of them in an epoch, whose length stays.</summary>
    private int[] Repeated(int[] positions) =>
        Repeats == 1
            ? positions
            :
            [
                .. positions
                    .SelectMany(p =>
                        Enumerable
                            .Range(0, Repeats)
                            .Select(time => checked(ExampleOf(p) + (p / labels.Length * Repeats + time) * labels.Length))
                    )
                    .Take(positions.Length),
            ];
}
