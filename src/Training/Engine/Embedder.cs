using System.Globalization;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Common;
using GpuGeek.Training.Data;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <summary>Fills the embedding cache: what the classifier would see of every picture.</summary>
/// <param name="progressEnd">The whole run's progress when it is done.</param>
internal sealed class Embedder(RunContext context, EmbeddingCache cache, double progressEnd)
{
    // Always this many, the last batch filled with zeros: the last bits of a convolution depend on the size of the batch, not on the other
    // pictures in it. So an embedding is the same in every run on the same processor, whatever was known before.
    private const int BatchSize = 32,
        BatchesAhead = 3;

    public void Run()
    {
        var views = context
            .Spec.Images.SelectMany(i => PictureViews.Of(i, context.Recipe), (image, view) => (Image: image, View: view))
            .ToArray();
        var open = views.Where(v => !cache.Has(v.Image.Hash, v.View)).Chunk(BatchSize).ToArray();
        var done = views.Length - open.Sum(block => block.Length);
        if (done > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The embeddings of {done} views of pictures are known."));
        var began = context.Clock.GetTimestamp();
        var embeddedHere = 0;
        using var frozen = no_grad();
        using var folded = FoldedModule.Of(context.Network);
        foreach (var (block, inputs) in Prefetch.Ahead(open.Select(block => (block, Preprocess(block))), BatchesAhead))
        {
            if (context.Stop.IsCancellationRequested)
                throw new TrainingStoppedException();
            Embed(folded ?? context.Network, block, inputs);
            cache.Flush();
            embeddedHere += block.Length;
            var share = (double)(done + embeddedHere) / views.Length;
            var secondsEach = context.Clock.GetElapsedTime(began).TotalSeconds / embeddedHere;
            context.Events.Phase("embedding", progressEnd * share, Math.Round((views.Length - done - embeddedHere) * secondsEach, 1));
        }
        if (embeddedHere == 0)
            return;
        var rate = embeddedHere / context.Clock.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Embedded {embeddedHere} views of pictures, {rate:0.0} a second."));
    }

    private float[] Preprocess((RunImage Image, PictureView View)[] block)
    {
        var size = 3 * context.Preprocessing.CropSize * context.Preprocessing.CropSize;
        var inputs = new float[BatchSize * size];
        // Views of a picture stand side by side: it is decoded once for those of a block.
        var pictures = block.Index().GroupBy(at => at.Item.Image.Hash).Select(group => group.ToArray()).ToArray();
        DecodeThreads.For(
            pictures.Length,
            i =>
            {
                var decoded = context.Originals.Decode(pictures[i][0].Item.Image);
                foreach (var (at, (_, view)) in pictures[i])
                    PictureViews.Write(decoded, view, context.Preprocessing, inputs.AsSpan(at * size, size));
            }
        );
        return inputs;
    }

    private void Embed(GraphModule network, (RunImage Image, PictureView View)[] block, float[] inputs)
    {
        using var scope = NewDisposeScope();
        var graph = network.Graph;
        var side = context.Preprocessing.CropSize;
        var batch = BatchTensors.InputsOf(new Batch(inputs, new long[BatchSize]), [3, side, side], network.Device);
        var seen = network.Forward(batch, ModePlan.Eval(graph), graph.Nodes[graph.Classifier.Inputs[0]]);
        // A linear layer at every place of the picture and then the mean is the linear layer of the mean.
        var rows = (graph.RectifiesClassifier ? seen.mean([2, 3]) : seen).contiguous().cpu().data<float>().ToArray();
        var width = rows.Length / BatchSize;
        for (var i = 0; i < block.Length; i++)
            cache.Add(block[i].Image.Hash, block[i].View, rows.AsSpan(i * width, width));
    }
}
