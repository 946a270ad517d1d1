using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Models;

/// <summary>A model version's predictions of one split of a dataset version.</summary>
/// <param name="Id">Of its job too, if it has one: <c>GET …/jobs/{id}</c>.</param>
/// <param name="Split"><c>train|val|test</c></param>
/// <param name="Classes">What classes of the set mean for the model, where that is not the class of the same name; empty: their pictures
/// are left out.</param>
/// <param name="State"><c>queued|running|succeeded|failed|canceled</c></param>
/// <param name="Progress">0 to 1.</param>
/// <param name="IsOfRun">The run that made the model version made it, on its own test pictures.</param>
/// <param name="Pictures">Pictures that are scored.</param>
/// <param name="LeftOut">Pictures of the split that are not scored, since the model does not have their class.</param>
/// <param name="Seen">Scored pictures that the run trained on, or chose its model by: the figures are too good by what these add. Null:
/// not known, since it has not succeeded, or the version that the run trained on is deleted.</param>
/// <param name="Accuracy">Null: it has not succeeded.</param>
/// <param name="Interval">95 % Wilson interval; null: it has not succeeded.</param>
/// <param name="Looks">Model versions that were evaluated on these pictures. The more there are, the more the best of them owes to
/// chance.</param>
public sealed record EvaluationResponse(
    Guid Id,
    Guid Dataset,
    string DatasetName,
    Guid DatasetVersion,
    int DatasetVersionNumber,
    string Split,
    IReadOnlyDictionary<string, string> Classes,
    string State,
    double Progress,
    ErrorInfo? Error,
    bool IsOfRun,
    int Pictures,
    int LeftOut,
    int? Seen,
    double? Accuracy,
    double[]? Interval,
    int Looks,
    DateTimeOffset CreatedAt
);

public sealed record CreateEvaluationRequest
{
    /// <summary>A version of any dataset of the organisation.</summary>
    public Guid DatasetVersion { get; init; }

    /// <summary><c>train|val|test</c></summary>
    /// <example>test</example>
    [AllowedValues("train", "val", "test")]
    public string Split { get; init; } = "test";

    /// <summary>Which class of the model a class of the set is, where the names differ. An empty value leaves the class out: its pictures
    /// are not scored.</summary>
    public IReadOnlyDictionary<string, string?>? Classes { get; init; }
}

/// <summary>What an evaluation would score.</summary>
/// <param name="Pictures">All pictures of the split.</param>
/// <param name="Classes">Those with pictures in the split.</param>
/// <param name="Missing">Classes of the model that no picture of the split is labelled with.</param>
/// <param name="Looks">Model versions that were evaluated on these pictures.</param>
public sealed record EvaluationPreviewResponse(
    int Pictures,
    IReadOnlyList<EvaluationClassResponse> Classes,
    IReadOnlyList<string> Missing,
    int Looks
);

/// <param name="Class">Of the set.</param>
/// <param name="ModelClass">The model's class of the same name. Null: it has none, and the request must say which class it is, or leave it
/// out.</param>
/// <param name="Suggestion">A class of the model whose name is nearly the same. Null: none is.</param>
public sealed record EvaluationClassResponse(string Class, int Pictures, string? ModelClass, string? Suggestion);
