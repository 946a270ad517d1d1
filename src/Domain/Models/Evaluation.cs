using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Models;

/// <summary>
/// A model version's predictions of the pictures of one split of a dataset version, made by the exported network through the serving path.
/// Immutable when it has them. It has the id of the job that makes it; the one that a run made on its own test pictures has no job.
/// </summary>
public sealed class Evaluation : ITenantOwned
{
    /// <summary>So many may wait or run in one organisation.</summary>
    public const int MostAtOnce = 20;

    /// <summary>Probabilities of one evaluation, which is pictures times classes: its figures are computed from all of them in
    /// memory.</summary>
    public const long MostProbabilities = 20_000_000;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ModelVersionId { get; init; }
    public required Guid DatasetVersionId { get; init; }

    /// <summary>One of <see cref="Datasets.Splits"/>.</summary>
    public required string Split { get; init; }

    /// <summary>Classes of the set that do not mean the model's class of the same name; see <see cref="ClassMap"/>.</summary>
    public Dictionary<string, string> Classes { get; init; } = [];

    /// <summary>Equal for equal <see cref="Classes"/>.</summary>
    public string ClassKey { get; init; } = "";

    /// <summary>A run made it on its own test pictures.</summary>
    public bool IsOfRun { get; init; }
    public Guid? CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>SHA-256 in hex of the predictions' file; null: they are not made yet.</summary>
    public string? PredictionsHash { get; init; }

    /// <summary>Length of that file, estimated until it is made; 0 of a run's own, which belongs to its model version, and of one that
    /// failed.</summary>
    public long PredictionsBytes { get; init; }

    /// <summary>Pictures that are scored.</summary>
    public required int Pictures { get; init; }

    /// <summary>Pictures of the split whose class the model does not have.</summary>
    public int LeftOut { get; init; }

    /// <summary>Scored pictures that the run trained on, or chose its model by: their figures are too good. Null: not known, since the
    /// version that it trained on is deleted.</summary>
    public int? Seen { get; init; }

    /// <summary>Pictures that are predicted right.</summary>
    public int Correct { get; init; }
}
