namespace GpuGeek.Domain.Jobs;

/// <summary>Kinds of jobs; never renamed, since rows and receivers of webhooks name them.</summary>
public static class JobKinds
{
    /// <summary>Reads an archive into a dataset.</summary>
    public const string Import = "import";

    /// <summary>Inspects an uploaded weights file.</summary>
    public const string Weights = "weights";

    /// <summary>Computes what a frozen network sees in the pictures of a dataset version.</summary>
    public const string Embeddings = "embeddings";

    /// <summary>Measures what a run would take.</summary>
    public const string Probe = "probe";

    /// <summary>Predicts a split of a dataset version with a model version.</summary>
    public const string Evaluation = "evaluation";

    public static readonly string[] All = [Import, Weights, Embeddings, Probe, Evaluation];
}
