namespace GpuGeek.Training.Examples;

/// <param name="Inputs">Row-major, <c>Labels.Length</c> × the source's input shape.</param>
internal sealed record Batch(float[] Inputs, long[] Labels);

/// <summary>Where the loop takes its examples from: pictures, or embeddings of pictures.</summary>
internal interface IExampleSource
{
    /// <summary>Of one example.</summary>
    long[] InputShape { get; }
    int Count(string split);

    /// <summary>The training split in the order of an epoch (from 0), augmented; the last incomplete batch is left out, except where it is
    /// the only one.</summary>
    /// <param name="firstBatch">Batches to skip: a resumed epoch goes on in its middle.</param>
    IEnumerable<Batch> TrainingBatches(int epoch, int firstBatch);

    /// <summary>A split in the manifest's order, as it is served.</summary>
    IEnumerable<Batch> Batches(string split);
}
