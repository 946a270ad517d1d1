using GpuGeek.Training.Common;
using GpuGeek.Training.Data;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Engine;

/// <summary>
/// Solves the classifier again on training and validation pictures together, with the penalty that the validation split has chosen. What
/// it says of a picture that it has learned from is too sure, so classifiers that have not seen a fold give the logits for the temperature.
/// </summary>
/// <param name="head">The chosen classifier alone, on standardised embeddings.</param>
internal sealed class RefitHead(RunContext context, GraphModule head, EmbeddingFolds folds)
{
    /// <returns>Logits of every training and validation picture, as it is served, by the classifier that has not seen its fold.</returns>
    /// <exception cref="TrainingStoppedException">The next attempt begins from the chosen classifier.</exception>
    public SplitLogits Run(double penalty, (double From, double To) span)
    {
        var solver = new HeadSolver(context, head);
        List<float[]> rows = [];
        List<long> labels = [];
        for (var fold = 0; fold < EmbeddingFolds.Count; fold++)
        {
            using (var loss = solver.LossOf(folds.Without(fold), folds.InputShape[0]))
                solver.Solve(loss, penalty);
            var held = Evaluation.Run(head, folds.Held(fold).Batches, folds.InputShape, context.Stop);
            rows.AddRange(held.Rows);
            labels.AddRange(held.Labels);
            context.Events.Phase("training", span.From + (span.To - span.From) * (fold + 1) / (EmbeddingFolds.Count + 1));
        }
        using var all = solver.LossOf(folds.All, folds.InputShape[0]);
        solver.Solve(all, penalty);
        return new([.. rows], [.. labels]);
    }
}
