using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Data;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Engine;

/// <summary>
/// A frozen backbone (the preset <c>fast</c>): pictures go once through the network (training ones in up to three views, the others by the
/// serving path alone), and only the classifier is trained on what comes out (a linear probe; Alain and Bengio 2016, arXiv:1610.01644).
/// The standardisation it is trained under is folded into it, so the network keeps its published form.
/// </summary>
internal sealed class EmbeddingTraining(RunContext context)
{
    private const double Embedded = 0.75,
        Chosen = 0.88,
        TrainingDone = 0.94;

    /// <summary>The first part alone: the embeddings are left in the run directory.</summary>
    public void Embed()
    {
        using var cache = OpenCache();
        new Embedder(context, cache, progressEnd: 1).Run();
    }

    public Trained Run()
    {
        using var cache = OpenCache();
        new Embedder(context, cache, Embedded).Run();
        var source = new EmbeddingSource(context.Spec, (hash, view) => cache[hash, view]);
        using var head = new GraphModule(HeadGraph(), context.Network.Device);
        Initialisation.All(head, context.Recipe.Data.Seed);
        var transfer = context.Recipe.Transfer;
        var outcome = transfer.SolvesHead
            ? new SolvedHead(context, head, source).Run((Embedded, transfer.RefitsHead ? Chosen : TrainingDone))
            : Train(head, source);
        outcome.Best.CopyTo(head);
        if (transfer.RefitsHead)
            return Refit(head, source, outcome);
        var logitsOf = Serve(head, source);
        context.Events.Phase("evaluating", TrainingDone);
        return new Trained(logitsOf(Splits.Val), logitsOf(Splits.Test), outcome);
    }

    /// <summary>The validation figures are those of the classifier that the validation pictures have chosen and not yet taught.</summary>
    private Trained Refit(GraphModule head, EmbeddingSource source, TrainerOutcome outcome)
    {
        var validation = Serve(head, source)(Splits.Val);
        var began = context.Clock.GetTimestamp();
        var folds = new EmbeddingFolds(context.Spec, source);
        var outOfFold = new RefitHead(context, head, folds).Run(SolvedHead.PenaltyOf(outcome.BestEpoch), (Chosen, TrainingDone));
        var seconds = outcome.SecondsSpent + context.Clock.GetElapsedTime(began).TotalSeconds;
        var test = Serve(head, source);
        context.Events.Phase("evaluating", TrainingDone);
        return new Trained(validation, test(Splits.Test), outcome with { SecondsSpent = seconds }) { OutOfFold = outOfFold };
    }

    /// <summary>Puts the classifier into the network.</summary>
    /// <returns>Logits of a split as they are served.</returns>
    private Func<string, SplitLogits> Serve(GraphModule head, EmbeddingSource source)
    {
        Fold(head, source.Scaling);
        if (!context.Network.Graph.RectifiesClassifier)
            return split => Evaluate(head, source, split);
        // The network on pictures: where its rectifier cuts something after all, the figures have it too.
        var pictures = new PictureSource(context.Originals, context.TrainingPictures(), context.Recipe, context.Preprocessing);
        RectifiedClassifier.Lift(context.Network, pictures, context.Stop);
        return split => Evaluate(context.Network, pictures, split);
    }

    private TrainerOutcome Train(GraphModule head, EmbeddingSource source)
    {
        var plan = ModePlan.FrozenBackbone(head.Graph, dropping: context.Recipe.Regularization.Dropout is not null);
        return context.Train(head, LayerPlan.Fixed(head.Graph, plan), source, (Embedded, TrainingDone));
    }

    private SplitLogits Evaluate(GraphModule module, IExampleSource source, string split) =>
        Evaluation.Run(module, source, split, context.Stop);

    private Linear Classifier =>
        context.Network.Graph.Classifier.Op switch
        {
            Linear linear => linear,
            Conv { Kernel: 1 } c => new Linear(c.In, c.Out),
            var other => throw new InvalidOperationException(
                $"A classifier is a linear layer or a 1×1 convolution, not {other.GetType().Name}."
            ),
        };

    private EmbeddingCache OpenCache() =>
        new(EmbeddingFile.PathIn(context.Directory, EmbeddingKey.Of(context.Spec)), Classifier.In, context.Room);

    /// <summary>The classifier alone, under the path it has in the whole network.</summary>
    private Graph HeadGraph()
    {
        var path = context.Network.Graph.ClassifierPath;
        var builder = new GraphBuilder();
        var rows = builder.Add("input", new Input(Classifier.In));
        if (context.Recipe.Regularization.Dropout is { } rate)
            rows = builder.Add("dropout", new Dropout(rate), rows);
        return builder.Build(builder.Add(path, Classifier, rows), path);
    }

    private void Fold(GraphModule head, Standardisation scaling)
    {
        string path = context.Network.Graph.ClassifierPath,
            weightName = path + ".weight",
            biasName = path + ".bias";
        var (weight, bias) = scaling.Fold(head.Read(weightName), head.Read(biasName));
        context.Network.Write(weightName, weight);
        context.Network.Write(biasName, bias);
    }
}
