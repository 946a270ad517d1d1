using System.Globalization;
using GpuGeek.Domain.Datasets;
using GpuGeek.Recipes;
using GpuGeek.Training.Data;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <summary>
/// First layers that never learn put out the same for a picture in every epoch, as long as nothing changes the picture: then they are
/// computed once, and the training begins behind them.
/// </summary>
internal static class FrozenStem
{
    // Always this many, see Embedder.
    private const int BatchSize = 32,
        BatchesAhead = 3;

    /// <summary>Beyond, reading would be slower than computing. It never depends on the disk: a resumed run must do the same.</summary>
    private const long MostBytes = 8L << 30;

    /// <returns>The last node whose value may be kept; null: there is none.</returns>
    public static Node? EndOf(GraphModule module, LayerPlan layers, Recipe recipe)
    {
        var isChanged = recipe.Augmentation with { Preset = null } != AugmentationSettings.None || recipe.Data.StartSize is not null;
        if (isChanged || recipe.Regularization is not { MixUp: 0, CutMix: 0 })
            return null;
        var graph = module.Graph;
        // Unfreezing only adds layers: what is frozen in the last epoch always was.
        var learning = layers.ModesIn(recipe.Budget.Epochs - 1);
        var first = graph.Nodes.First(node => learning[node] == NodeMode.Train && ParameterSpec.Of(node).Any(p => p.IsLearnt)).Id;
        return graph.Nodes.LastOrDefault(node => node.Id > 0 && node.Id < Math.Min(first, module.HeadStart) && IsCut(graph, node.Id));
    }

    /// <summary>Computes what is not known yet.</summary>
    /// <returns>Null: it would be too large.</returns>
    public static ActivationFile? Fill(RunContext context, Node end, PictureSource pictures)
    {
        var images = context.Originals.Split(Splits.Train);
        var path = Path.Combine(context.Directory.Cache, $"stem-{context.Fingerprint()[..16]}.bin");
        if (images.Length * end.Shape.Aggregate(4L, (a, b) => a * b) > MostBytes)
            return null;
        var file = new ActivationFile(path, images.Length, end.Shape);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The layers up to {end.Path} never learn and nothing changes the pictures: they are computed once, "
                    + $"{images.Length * file.RecordBytes / 1e6:0} MB."
            )
        );
        using var frozen = no_grad();
        var blocks = file.Missing().Chunk(BatchSize).Select(block => (block, pictures.Unchanged(block, BatchSize)));
        foreach (var (block, inputs) in Prefetch.Ahead(blocks, BatchesAhead))
        {
            context.ThrowIfStopped();
            Compute(context, end, file, block, inputs);
        }
        return file;
    }

    private static void Compute(RunContext context, Node end, ActivationFile file, int[] block, float[] inputs)
    {
        using var scope = NewDisposeScope();
        var side = context.Preprocessing.CropSize;
        var batch = BatchTensors.InputsOf(new Batch(inputs, new long[BatchSize]), [3, side, side], context.Network.Device);
        var seen = context.Network.Forward(batch, ModePlan.Eval(context.Network.Graph), until: end);
        var values = seen.contiguous().cpu().data<float>().ToArray();
        var width = values.Length / BatchSize;
        for (var i = 0; i < block.Length; i++)
            file.Write(block[i], values.AsSpan(i * width, width), context.Room);
    }

    /// <summary>Nothing behind the node reads a value from before it.</summary>
    private static bool IsCut(Graph graph, int id) => graph.Nodes.Skip(id + 1).All(node => node.Inputs.All(input => input >= id));
}
