using GpuGeek.Domain.Datasets;
using GpuGeek.Training.Data;

namespace GpuGeek.Training.Engine;

/// <summary>A backbone that learns (the preset <c>balanced</c>): all layers are trained on augmented pictures.</summary>
internal sealed class PictureTraining(RunContext context)
{
    private const double Prepared = 0.04,
        TrainingDone = 0.94;
    private const int CheckedAtOnce = 64;
    private readonly DerivedPictures _derived = context.TrainingPictures();

    public Trained Run()
    {
        MemoryCheck.Demand(context.Network.Graph, context.Recipe, context.Memory.Limit);
        Prepare();
        using var source = new PictureSource(context.Originals, _derived, context.Recipe, context.Preprocessing);
        var layers = LayerPlan.Of(context.Network.Graph, context.Recipe.Transfer);
        if (FrozenStem.EndOf(context.Network, layers, context.Recipe) is { } end && FrozenStem.Fill(context, end, source) is { } values)
            source.BeginBehind(end, values);
        var outcome = context.Train(context.Network, layers, source, (Prepared, TrainingDone));
        outcome.Best.CopyTo(context.Network);
        context.Events.Phase("evaluating", TrainingDone);
        var validation = Evaluation.Run(context.Network, source, Splits.Val, context.Stop);
        var test = Evaluation.Run(context.Network, source, Splits.Test, context.Stop);
        return new Trained(validation, test, outcome);
    }

    /// <summary>Every picture is decoded once: training ones into the cache, the others so that a damaged one is found now and not after an
    /// hour.</summary>
    private void Prepare()
    {
        var images = context.Spec.Images;
        for (var start = 0; start < images.Length; start += CheckedAtOnce)
        {
            context.ThrowIfStopped();
            var part = images.AsMemory(start, Math.Min(CheckedAtOnce, images.Length - start));
            DecodeThreads.For(
                part.Length,
                i =>
                {
                    var image = part.Span[i];
                    if (image.Split == Splits.Train)
                        _derived.Prepare(image);
                    else
                        context.Originals.Decode(image);
                }
            );
            context.Events.Phase("preparing", Prepared * (start + part.Length) / images.Length);
        }
    }
}
