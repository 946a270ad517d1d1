using GpuGeek.Training.Common;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <param name="Rows">Logits, one row for each picture in the manifest's order.</param>
internal sealed record SplitLogits(float[][] Rows, long[] Labels)
{
    public int Correct => Rows.Zip(Labels).Count(pair => Argmax(pair.First) == pair.Second);
    public double Accuracy => (double)Correct / Rows.Length;

    /// <summary>The first of the largest: what a client that sorts descending and stably shows first.</summary>
    public static int Argmax(float[] row)
    {
        var best = 0;
        for (var i = 1; i < row.Length; i++)
            if (row[i] > row[best])
                best = i;
        return best;
    }

    /// <summary>Mean cross-entropy of <c>softmax(logits / temperature)</c>, in nats.</summary>
    public double NegativeLogLikelihood(double temperature = 1) =>
        Rows.Zip(Labels).Average(pair => LogSumExp(pair.First, temperature) - pair.First[pair.Second] / temperature);

    public static float[] Softmax(float[] row, double temperature)
    {
        var total = LogSumExp(row, temperature);
        return [.. row.Select(v => (float)Math.Exp(v / temperature - total))];
    }

    private static double LogSumExp(float[] row, double temperature)
    {
        double top = row.Max() / temperature;
        return top + Math.Log(row.Sum(v => Math.Exp(v / temperature - top)));
    }
}

internal static class Evaluation
{
    /// <summary>Logits of a split through the network as it is served.</summary>
    /// <exception cref="TrainingStoppedException"><paramref name="stop"/> was asked for between two batches.</exception>
    public static SplitLogits Run(GraphModule module, IExampleSource source, string split, CancellationToken stop) =>
        Run(module, source.Batches(split), source.InputShape, stop);

    /// <summary>Logits of any examples through the network as it is served.</summary>
    /// <exception cref="TrainingStoppedException"><paramref name="stop"/> was asked for between two batches.</exception>
    public static SplitLogits Run(GraphModule module, IEnumerable<Batch> batches, long[] inputShape, CancellationToken stop)
    {
        var plan = ModePlan.Eval(module.Graph);
        List<float[]> rows = [];
        List<long> labels = [];
        using var frozen = no_grad();
        foreach (var batch in batches)
        {
            if (stop.IsCancellationRequested)
                throw new TrainingStoppedException();
            using var scope = NewDisposeScope();
            var logits = module.Forward(BatchTensors.InputsOf(batch, inputShape, module.Device), plan);
            var flat = logits.contiguous().cpu().data<float>().ToArray();
            rows.AddRange(flat.Chunk(flat.Length / batch.Labels.Length));
            labels.AddRange(batch.Labels);
        }
        return new SplitLogits([.. rows], [.. labels]);
    }
}
