namespace GpuGeek.Training.Engine;

/// <summary>What training hands to evaluation and export.</summary>
internal sealed record Trained(SplitLogits Validation, SplitLogits Test, int BestEpoch, double Seconds);

/// <summary>One run from start to result: prepare, train, evaluate, export. Each stage finds what an earlier attempt left.</summary>
internal sealed class TrainingRun(RunContext context, ICoreModelProof proof)
{
    /// <exception cref="TrainingFailedException"/>
    /// <exception cref="TrainingStoppedException"/>
    public void Execute()
    {
        context.Events.Phase("preparing", 0);
        context.StartNetwork();
        var trained = context.Recipe.Transfer.BackboneRate > 0 ? new PictureTraining(context).Run() : new EmbeddingTraining(context).Run();
        context.ThrowIfStopped();
        context.Events.Phase("exporting", 0.97);
        // Weights, ONNX file and some for the rest.
        var bytes = context.Network.Graph.Parameters.Sum(p => p.Count) * 3 * sizeof(float);
        var result = context.Room.Write("the result", bytes, () => new ResultWriter(context, proof).Write(trained));
        context.Events.Result(result);
        context.Events.Phase("exporting", 1, 0);
    }
}
