using GpuGeek.Training.Data;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Engine;

/// <summary>
/// The preset <c>fast</c>: pictures go once through the frozen network (training ones in up to three views, the others by the serving path alone), and only the classifier is trained on what comes out (a linear probe;
/// Alain and Bengio 2016, arXiv:1610.01644). The standardisation it is trained under is folded into it, so the network keeps its published form.
/// </summary>
internal sealed class EmbeddingTraining(RunContext context)
{
    private const double Embedded = 0.75, TrainingDone = 0.94;

    public Trained Run()
    {
        using var cache = OpenCache();
        new Embedder(context, cache, Embedded).Run();
        var source = new EmbeddingSource(context.Spec, (hash, view) => cache[hash, view]);
        using var head = new GraphModule(HeadGraph());
        Initialisation.All(head, context.Recipe.Seed);
        var outcome = context.Train(head, source, (Embedded, TrainingDone));
        outcome.Best.CopyTo(head);
        context.Events.Phase("evaluating", TrainingDone);
        var validation = Evaluation.Run(head, source, Splits.Validation, context.Stop);
        var test = Evaluation.Run(head, source, Splits.Test, context.Stop);
        Fold(head, source.Scaling);
        return new Trained(validation, test, outcome.BestEpoch, outcome.SecondsSpent);
    }

    private Linear Classifier => (Linear)context.Network.Graph.Classifier.Op;

    private EmbeddingCache OpenCache() =>
        new(Path.Combine(context.Directory.Cache, $"embeddings-{context.EmbeddingKey()[..16]}.bin"), Classifier.In);

    /// <summary>The classifier alone, under the path it has in the whole network.</summary>
    private Graph HeadGraph()
    {
        var path = context.Network.Graph.ClassifierPath;
        var builder = new GraphBuilder();
        var rows = builder.Add("input", new Input(Classifier.In));
        if (context.Recipe.Dropout is { } rate) rows = builder.Add("dropout", new Dropout(rate), rows);
        return builder.Build(builder.Add(path, Classifier, rows), path);
    }

    private void Fold(GraphModule head, Standardisation scaling)
    {
        string path = context.Network.Graph.ClassifierPath, weightName = path + ".weight", biasName = path + ".bias";
        var (weight, bias) = scaling.Fold(head.Read(weightName), head.Read(biasName));
        context.Network.Write(weightName, weight);
        context.Network.Write(biasName, bias);
    }
}
