using System.Globalization;
using GpuGeek.Training.Common;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Optimization;

namespace GpuGeek.Training.Engine;

/// <summary>Solves a linear classifier from where it stands.</summary>
/// <param name="head">The classifier alone, on standardised embeddings.</param>
internal sealed class HeadSolver(RunContext context, GraphModule head)
{
    private const double Tolerance = 1e-6;
    private const int MostSteps = 1000;

    public HeadLoss LossOf(RowSet rows, long inputs) =>
        new(rows, inputs, context.Spec.Classes.Length, context.ClassWeights(), context.Recipe.Loss.LabelSmoothing, head.Device);

    /// <param name="penalty">In units of the mean loss.</param>
    /// <returns>The mean loss without the penalty.</returns>
    /// <exception cref="TrainingStoppedException">Nothing was changed.</exception>
    public double Solve(HeadLoss loss, double penalty)
    {
        var (solution, converged) = LimitedMemoryBfgs.Minimise(Parameters(), At, Tolerance, MostSteps);
        if (!converged)
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"Warning: the classifier of the penalty {penalty:g3} has not converged.")
            );
        Write(solution);
        return loss.At(solution, 0).Value;

        (double, double[]) At(double[] parameters)
        {
            context.ThrowIfStopped();
            return loss.At(parameters, penalty);
        }
    }

    // From what a checkpoint keeps, so that a resumed solution has the same bits.
    private double[] Parameters() => [.. head.Read(WeightName).Concat(head.Read(BiasName)).Select(v => (double)v)];

    private void Write(double[] parameters)
    {
        var numbers = Array.ConvertAll(parameters, v => (float)v);
        var biases = head.Read(BiasName).Length;
        head.Write(WeightName, numbers[..^biases]);
        head.Write(BiasName, numbers[^biases..]);
    }

    private string WeightName => head.Graph.ClassifierPath + ".weight";
    private string BiasName => head.Graph.ClassifierPath + ".bias";
}
