using System.Globalization;
using GpuGeek.Recipes;
using GpuGeek.Training.Common;
using GpuGeek.Training.Devices;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Engine;

/// <summary>
/// Refuses a training that cannot fit into the machine before its first picture, instead of letting the system kill it in the middle of a
/// step. What it counts is the least that the training needs, so it refuses nothing that could have run; what it lets through may still be
/// too large, by the workspaces of single convolutions.
/// </summary>
internal static class MemoryCheck
{
    /// <summary>libtorch, the runtime, and pictures that are being decoded.</summary>
    private const long Base = 400L << 20;

    // Pictures whose memory a probe measures.
    private const int Few = 2,
        Many = 4;

    /// <summary>The rest is for the other processes of the machine.</summary>
    private const double MostShare = 0.9;

    /// <summary>Batches that are waiting or in use (<see cref="Data.Prefetch"/>).</summary>
    private const int Batches = 4;

    /// <param name="limit">Bytes; null: unknown, and nothing is refused.</param>
    /// <exception cref="TrainingFailedException"><c>memory_too_small</c>, with a micro-batch that fits where there is one.</exception>
    public static void Demand(Graph graph, Recipe recipe, long? limit)
    {
        if (limit is not { } most)
            return;
        var atOnce = Math.Min(recipe.Data.MicroBatch ?? recipe.Data.BatchSize, recipe.Data.BatchSize);
        var (rest, each) = (WithoutActivations(graph, recipe), Activations(graph, recipe));
        var least = rest + atOnce * each;
        if (least <= most)
            return;
        throw TooSmall(recipe, atOnce, least, most, (most - rest) / each);
    }

    /// <summary>Measures what a few pictures take and refuses where as many as the recipe puts through the network at once would take
    /// nearly all of the memory.</summary>
    /// <param name="batch">Of training pictures.</param>
    /// <param name="run">One training step of these pictures.</param>
    /// <exception cref="TrainingFailedException"><c>memory_too_small</c>.</exception>
    public static void DemandMeasured(Batch batch, Recipe recipe, DeviceMemory memory, Action<Batch> run)
    {
        var atOnce = Math.Min(recipe.Data.MicroBatch ?? recipe.Data.BatchSize, batch.Labels.Length);
        if (memory.Limit is not { } limit || atOnce <= Many)
            return;
        var most = (long)(limit * MostShare);
        var before = memory.Used;
        var few = MemoryAfter(Few);
        // Gradients and workspaces are in it, which more pictures do not multiply: it refuses only what is far too large, before twice
        // as many pictures take the memory.
        var each = (few - before) / Few;
        if (few + Few * each > most)
            throw TooSmall(recipe, atOnce, few + (atOnce - Few) * each, most, (most - before) / each);
        var many = MemoryAfter(Many);
        each = Math.Max(1, (many - few) / (Many - Few));
        var needed = many + (atOnce - Many) * each;
        if (needed > most)
            throw TooSmall(recipe, atOnce, needed, most, Many + (most - many) / each);

        // The allocator keeps what it has had.
        long MemoryAfter(int count)
        {
            run(batch.First(count));
            return memory.Used;
        }
    }

    private static TrainingFailedException TooSmall(Recipe recipe, int atOnce, long needed, long most, long fitting) =>
        new(
            "memory_too_small",
            "The training does not fit into memory",
            string.Create(
                CultureInfo.InvariantCulture,
                $"With {atOnce} pictures of {recipe.Model.InputSize} pixels at once, {recipe.Model.Architecture} needs at least "
                    + $"{needed / 1e9:0.0} GB of memory; this machine allows {most / 1e9:0.0} GB."
            ),
            fitting >= 2
                ? $"Set data.microBatch to {fitting} or less: the batch stays {recipe.Data.BatchSize}. Or choose a smaller input size."
                : "Choose a smaller input size, a smaller network, or a machine with more memory."
        );

    private static long WithoutActivations(Graph graph, Recipe recipe)
    {
        // Weights, gradients, what the optimiser remembers, the best network.
        var copies = 4 + Math.Max(0, recipe.Averaging.Soup - 1);
        var side = recipe.Data.StartSize ?? recipe.Model.InputSize;
        var batch = 3L * side * side * recipe.Data.BatchSize * sizeof(float);
        return Base + copies * graph.ParameterCount * sizeof(float) + Batches * batch;
    }

    /// <summary>Of one picture. Layers that do not learn keep little, so all that is certain of them is what one operation needs.</summary>
    private static long Activations(Graph graph, Recipe recipe)
    {
        if (recipe.Transfer.FrozenGroups is not null)
            return ActivationMemory.OfInference(graph);
        var whole = ActivationMemory.OfTraining(graph);
        return recipe.Compute.Precision == ComputeSettings.FullPrecision ? whole : whole / 2;
    }
}
