using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Data;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Engine;

/// <summary>
/// What a training takes, from a few of its own steps: on its pictures, with its network, its batches and its precision, and nothing of
/// it is kept. What never changes while it trains (saving the result, starting the process) is a constant. Layers that thaw later are
/// measured as if they learned from the start, and first layers that are computed once as if they were not: such runs are faster than it
/// says.
/// </summary>
internal sealed class Probe(RunContext context, TimeSpan longest)
{
    private const int MostSteps = 20,
        WarmUp = 2,
        Evaluations = 3;

    private const double SecondsAround = 4;
    private static readonly TimeSpan ShortestTraining = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock = context.Clock;

    public void Run()
    {
        context.Events.Phase("preparing", 0);
        context.StartNetwork();
        var sample = context.Spec with { Images = [.. Sample()] };
        var originals = new Originals(sample);
        var pictures = new DerivedPictures(originals, context.Room, context.Directory.Cache, sample.PictureCacheBytes, InputSize);
        using var source = new PictureSource(originals, pictures, context.Recipe, context.Preprocessing);
        var estimate = context.Recipe.Transfer.FreezesBackbone ? OfEmbedding(source) : OfPictures(sample, originals, pictures, source);
        context.Events.Estimated(estimate);
    }

    private int InputSize => context.Recipe.Model.InputSize;

    private int Count(string split) => context.Spec.Images.Count(i => i.Split == split);

    private IEnumerable<RunImage> Sample() =>
        ProbeSample.Of(
            context.Spec.Images.Where(i => File.Exists(Path.Combine(context.Spec.ImagesDirectory, i.Hash))),
            context.Recipe.Data.BatchSize
        );

    private RunEstimate OfPictures(RunSpec sample, Originals originals, DerivedPictures pictures, PictureSource source)
    {
        MemoryCheck.Demand(context.Network.Graph, context.Recipe, context.Memory.Limit);
        var prepare = SecondsOf(() => Prepare(sample, originals, pictures)) / sample.Images.Length;
        var recipe = context.Recipe;
        context.Events.Phase("training", 0.2);
        var step = TimeSpread.Of(Steps(source));
        context.Events.Phase("evaluating", 0.9);
        var each = SecondsOfEvaluation(context.Network, source, Splits.Val);
        var perEpoch = Math.Max(1, new TrainingOrder(Labels(), recipe).Count / recipe.Data.BatchSize);
        double Whole(double oneStep) =>
            SecondsAround
            + prepare * context.Spec.Images.Length
            + recipe.Budget.Epochs * (perEpoch * oneStep * ShareOfFullSize() + each * Count(Splits.Val))
            + each * (Count(Splits.Val) + Count(Splits.Test));
        return Estimate(recipe.Data.BatchSize / step.Usual, step.Through(Whole));
    }

    /// <summary>A picture costs as much as it has pixels.</summary>
    private double ShareOfFullSize() =>
        Enumerable
            .Range(0, context.Recipe.Budget.Epochs)
            .Average(epoch => Math.Pow((double)GrowingPictures.In(epoch, context.Recipe, context.Preprocessing).CropSize / InputSize, 2));

    private long[] Labels() => [.. context.Spec.Images.Where(i => i.Split == Splits.Train).Select(i => (long)i.Label)];

    private static void Prepare(RunSpec sample, Originals originals, DerivedPictures pictures) =>
        DecodeThreads.For(
            sample.Images.Length,
            i =>
            {
                if (sample.Images[i].Split == Splits.Train)
                    pictures.Prepare(sample.Images[i]);
                else
                    originals.Decode(sample.Images[i]);
            }
        );

    /// <summary>Seconds of each step, with the wait for its pictures: the last ones of the training, when all learns that ever does. The
    /// first ones warm up, and count only where there is no time for others.</summary>
    private List<double> Steps(PictureSource source)
    {
        var layers = LayerPlan.Of(context.Network.Graph, context.Recipe.Transfer);
        using var method = MethodBuilder.Build(context.Recipe, context.Network, layers, Count(Splits.Train), context.ClassCounts());
        context.Network.RequireGradients(layers.ModesIn(context.Recipe.Budget.Epochs - 1));
        using var record = new StepRecord(context.Network.Device, _clock, readsEveryStep: true);
        var step = new TrainingStep(method, context.Network, source.TrainingShape, record);
        // Before precisions are tried: the allocator keeps what that takes. Where it is open, the larger one counts.
        var asked = Enum.TryParse<Precision>(context.Recipe.Compute.Precision, ignoreCase: true, out var named) ? named : Precision.Float32;
        MemoryCheck.DemandMeasured(
            Endless(source).First(),
            context.Recipe,
            context.Memory,
            part => step.Run(part, method.TotalSteps, asked)
        );
        var precision = context.PrecisionAfter(checkpoint: null);
        List<double> seconds = [];
        var (began, last) = (_clock.GetTimestamp(), _clock.GetTimestamp());
        foreach (var batch in Endless(source))
        {
            context.ThrowIfStopped();
            _ = step.Run(batch, method.TotalSteps, precision);
            seconds.Add(_clock.GetElapsedTime(last).TotalSeconds);
            last = _clock.GetTimestamp();
            var elapsed = _clock.GetElapsedTime(began);
            if (elapsed > longest || (elapsed > ShortestTraining && seconds.Count >= WarmUp + MostSteps))
                break;
        }
        return seconds[Math.Min(WarmUp, seconds.Count - 1)..];
    }

    private IEnumerable<Batch> Endless(PictureSource source)
    {
        // Of the last epoch's size.
        for (var epoch = context.Recipe.Budget.Epochs; ; epoch++)
            foreach (var batch in source.TrainingBatches(epoch, 0))
                yield return batch;
    }

    private double SecondsOfEvaluation(GraphModule network, PictureSource source, string split)
    {
        var began = _clock.GetTimestamp();
        var seen = Evaluation.Run(network, source, split, context.Stop).Labels.Length;
        return _clock.GetElapsedTime(began).TotalSeconds / seen;
    }

    private RunEstimate OfEmbedding(PictureSource source)
    {
        context.Events.Phase("embedding", 0.2);
        using var folded = FoldedModule.Of(context.Network);
        double Measure() => SecondsOfEvaluation(folded ?? context.Network, source, Splits.Train);
        // Once to warm up.
        _ = Measure();
        var each = TimeSpread.Of(Enumerable.Range(0, Evaluations).Select(_ => Measure()).ToArray());
        var views = context.Spec.Images.Sum(i => (long)PictureViews.Of(i, context.Recipe).Count());
        var head = new HeadProbe(context).Seconds();
        double Whole(double one, double solving) => SecondsAround + views * one + solving;
        return Estimate(1 / each.Usual, new(Whole(each.Low, head.Low), Whole(each.Usual, head.Usual), Whole(each.High, head.High)));
    }

    private double SecondsOf(Action work)
    {
        var began = _clock.GetTimestamp();
        work();
        return _clock.GetElapsedTime(began).TotalSeconds;
    }

    private RunEstimate Estimate(double rate, TimeSpread run) =>
        new(rate, run.Usual, run.Low, run.High, context.Memory.Peak, context.Memory.Limit);
}
