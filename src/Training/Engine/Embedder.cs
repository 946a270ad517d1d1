using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Data;
using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <summary>Fills the embedding cache: what the classifier would see of every picture.</summary>
/// <param name="progressEnd">The whole run's progress when it is done.</param>
internal sealed class Embedder(RunContext context, EmbeddingCache cache, double progressEnd)
{
    // Always the same pictures in the same batch, also after a resume: a convolution's last bits may depend on its neighbours.
    private const int BatchSize = 32, BatchesAhead = 3;

    public void Run()
    {
        var images = context.Spec.Images;
        var open = images.Chunk(BatchSize).Where(block => block.Any(i => !cache.Has(i.Hash))).ToArray();
        var done = images.Length - open.Sum(block => block.Length);
        var began = context.Clock.GetTimestamp();
        var embeddedHere = 0;
        using var frozen = no_grad();
        foreach (var (block, inputs) in Prefetch.Ahead(open.Select(block => (block, Preprocess(block))), BatchesAhead))
        {
            if (context.Stop.IsCancellationRequested) throw new TrainingStoppedException();
            Embed(block, inputs);
            cache.Flush();
            embeddedHere += block.Length;
            var share = (double)(done + embeddedHere) / images.Length;
            var secondsEach = context.Clock.GetElapsedTime(began).TotalSeconds / embeddedHere;
            context.Events.Phase("embedding", progressEnd * share, Math.Round((images.Length - done - embeddedHere) * secondsEach, 1));
        }
        if (embeddedHere > 0)
            Console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Embedded {embeddedHere} pictures, {embeddedHere / context.Clock.GetElapsedTime(began).TotalSeconds:0.0} a second."));
    }

    private float[] Preprocess(RunImage[] block)
    {
        var size = 3 * context.Preprocessing.CropSize * context.Preprocessing.CropSize;
        var inputs = new float[block.Length * size];
        DecodeThreads.For(block.Length, i => context.Originals.Preprocess(block[i], context.Preprocessing, inputs.AsMemory(i * size, size)));
        return inputs;
    }

    private void Embed(RunImage[] block, float[] inputs)
    {
        using var scope = NewDisposeScope();
        var graph = context.Network.Graph;
        var side = context.Preprocessing.CropSize;
        var batch = Tensors.Of(new Batch(inputs, [.. block.Select(i => (long)i.Label)]), [3, side, side]);
        var rows = context.Network.Forward(batch, ModePlan.Eval(graph), graph.Nodes[graph.Classifier.Inputs[0]]).contiguous().data<float>().ToArray();
        var width = rows.Length / block.Length;
        for (var i = 0; i < block.Length; i++) cache.Add(block[i].Hash, rows.AsSpan(i * width, width));
    }
}
