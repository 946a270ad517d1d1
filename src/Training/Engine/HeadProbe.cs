using GpuGeek.Domain.Datasets;
using GpuGeek.Training.Data;
using GpuGeek.Training.Examples;

namespace GpuGeek.Training.Engine;

/// <summary>What the classifier of a frozen backbone takes: one pass over rows as wide as its embeddings, times so many passes as such
/// trainings have taken.</summary>
internal sealed class HeadProbe(RunContext context)
{
    private const int MostRows = 4096,
        Passes = 3;

    /// <summary>Passes until the classifier is solved for all penalties, and refitted.</summary>
    private const double Fewest = 200,
        Usual = 800,
        Most = 3000;

    public TimeSpread Seconds()
    {
        var rows = context.Spec.Images.Where(i => i.Split == Splits.Train).Sum(i => (long)PictureViews.Of(i, context.Recipe).Count());
        var pass = SecondsOfAPass((int)Math.Min(rows, MostRows)) * rows / Math.Min(rows, MostRows);
        if (context.Recipe.Transfer.SolvesHead)
            return new(pass * Fewest, pass * Usual, pass * Most);
        var epochs = context.Recipe.Budget.Epochs;
        return new(pass * epochs / 2, pass * epochs, pass * epochs * 2);
    }

    private double SecondsOfAPass(int count)
    {
        var width = context.Network.Graph.Nodes[context.Network.Graph.Classifier.Inputs[0]].Shape[0];
        var random = new Random(0);
        var inputs = new float[count * width];
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = random.NextSingle() - 0.5f;
        var classes = context.Spec.Classes.Length;
        var rows = new RowSet(count, [new Batch(inputs, [.. Enumerable.Range(0, count).Select(i => (long)(i % classes))])]);
        using var loss = new HeadLoss(
            rows,
            width,
            classes,
            context.ClassWeights(),
            context.Recipe.Loss.LabelSmoothing,
            context.Network.Device
        );
        var parameters = new double[loss.Parameters];
        _ = loss.At(parameters, 0);
        var began = context.Clock.GetTimestamp();
        for (var pass = 0; pass < Passes; pass++)
            _ = loss.At(parameters, 0);
        return context.Clock.GetElapsedTime(began).TotalSeconds / Passes;
    }
}
