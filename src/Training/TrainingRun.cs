using GpuGeek.Training.Common;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Export;

namespace GpuGeek.Training;

/// <summary>One run from start to result: prepare, train, evaluate, export. Each stage finds what an earlier attempt left.</summary>
internal sealed class TrainingRun(RunContext context, ICoreModelProof proof, ITrialProcess trials)
{
    /// <exception cref="TrainingFailedException"/>
    /// <exception cref="TrainingStoppedException"/>
    public void Execute()
    {
        context.Events.Phase("preparing", 0);
        new BatchTrials(context, trials).Resolve();
        context.StartNetwork();
        var trained = context.Recipe.Transfer.FreezesBackbone ? new EmbeddingTraining(context).Run() : new PictureTraining(context).Run();
        context.ThrowIfStopped();
        context.Events.Phase("exporting", 0.97);
        // Weights, ONNX file and some for the rest.
        var bytes = context.Network.Graph.Parameters.Sum(p => p.Count) * 3 * sizeof(float);
        var result = context.Room.Write("the result", bytes, () => new ResultWriter(context, proof).Write(trained));
        context.Events.Result(result);
        context.Events.Phase("exporting", 1, 0);
    }
}
