using System.Globalization;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Common;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Engine;

/// <summary>
/// The best linear classifier that the embeddings allow: multinomial logistic regression, solved to convergence for one strength of the
/// penalty after the other, from strong to weak; the validation split chooses among them. An "epoch" of it is one strength.
/// </summary>
/// <param name="head">The classifier alone, on standardised embeddings.</param>
internal sealed class SolvedHead(RunContext context, GraphModule head, IExampleSource source)
{
    // Half decades of the penalty, in units of the mean loss.
    private const int Strengths = 15;
    private const double Strongest = 10;
    private const int Patience = 3;
    private readonly BestState _best = new(head);
    private double _bestLoss = double.PositiveInfinity;

    /// <exception cref="TrainingStoppedException">After a checkpoint was written.</exception>
    public TrainerOutcome Run((double From, double To) span)
    {
        var options = context.Options(span);
        using var checkpoints = context.Checkpoints(options, [new NetworkState(head), _best]);
        var progress = Begin(checkpoints, options);
        var (before, began) = (progress.SecondsSpent, context.Clock.GetTimestamp());
        var solver = new HeadSolver(context, head);
        using var loss = solver.LossOf(source.Rows(Splits.Train), source.InputShape[0]);
        while (!IsOver(progress))
        {
            double trainLoss;
            try
            {
                trainLoss = solver.Solve(loss, StrengthOf(progress.Epochs));
            }
            catch (TrainingStoppedException)
            {
                checkpoints.Begin(progress, progress.Epochs);
                checkpoints.Finish();
                throw;
            }
            progress = Judge(trainLoss, progress) with { SecondsSpent = before + context.Clock.GetElapsedTime(began).TotalSeconds };
            context.Events.Phase("training", span.From + (span.To - span.From) * progress.Epochs / Strengths);
            if (IsOver(progress) || checkpoints.IsDueAfterAnEpoch)
                checkpoints.Begin(progress, progress.Epochs);
        }
        checkpoints.Finish();
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"The validation split chose the penalty {PenaltyOf(progress.BestEpoch):g3}.")
        );
        return new TrainerOutcome(_best.Network!, progress.BestEpoch, progress.SecondsSpent, progress.AllEnvironments);
    }

    /// <param name="epoch">From 1.</param>
    public static double PenaltyOf(int epoch) => StrengthOf(epoch - 1);

    private static double StrengthOf(int index) => Strongest * Math.Pow(10, -index / 2.0);

    /// <summary>Weaker penalties fit the training pictures ever more, so what got worse several times does not get better.</summary>
    private static bool IsOver(TrainingProgress progress) =>
        progress.Epochs >= Strengths || progress.Epochs > 0 && progress.Epochs - progress.BestEpoch >= Patience;

    private TrainingProgress Begin(TrainingCheckpoints checkpoints, TrainerOptions options)
    {
        if (checkpoints.Resume(Strengths) is { } resumed)
        {
            if (_best.Network is { } best)
                _bestLoss = LossOf(best);
            return resumed;
        }
        foreach (var parameter in head.Graph.Parameters)
            head.Write(parameter.Name, new float[parameter.Count]);
        return new() { Environment = options.Environment, Fingerprint = options.Fingerprint };
    }

    private double LossOf(ModuleState state)
    {
        var last = ModuleState.Of(head);
        state.CopyTo(head);
        var loss = Evaluation.Run(head, source, Splits.Val, CancellationToken.None).NegativeLogLikelihood();
        last.CopyTo(head);
        return loss;
    }

    private TrainingProgress Judge(double trainLoss, TrainingProgress progress)
    {
        var epoch = progress.Epochs + 1;
        // What somebody stops here is judged again: it takes a moment.
        var logits = Evaluation.Run(head, source, Splits.Val, CancellationToken.None);
        var valLoss = logits.NegativeLogLikelihood();
        if (!double.IsFinite(valLoss))
            throw new TrainingFailedException(
                "diverged",
                "The training diverged",
                "The loss of the solved classifier is infinite or not a number: the backbone's outputs are not finite.",
                "Start from other weights."
            );
        context.Events.Metric(MetricNames.TrainLoss, epoch, epoch, trainLoss);
        context.Events.Metric(MetricNames.ValLoss, epoch, epoch, valLoss);
        context.Events.Metric(MetricNames.ValAccuracy, epoch, epoch, logits.Accuracy);
        context.Events.Metric(MetricNames.MemoryBytes, epoch, epoch, Environment.WorkingSet);
        var next = progress with { Step = epoch, Epochs = epoch };
        if (valLoss >= _bestLoss)
            return next;
        _bestLoss = valLoss;
        _best.Keep();
        return next with { BestEpoch = epoch, BestCorrect = logits.Correct };
    }
}
