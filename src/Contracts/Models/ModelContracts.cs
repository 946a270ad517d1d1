using GpuGeek.Contracts.Runs;

namespace GpuGeek.Contracts.Models;

public sealed record ModelResponse(
    Guid Id,
    string Name,
    string Project,
    int LatestVersion,
    double LatestTestAccuracy,
    DateTimeOffset CreatedAt
);

/// <param name="OnnxHash"><c>sha256:…</c> of core.onnx.</param>
/// <param name="Aliases">Names that mean this version now, such as <c>production</c>.</param>
/// <param name="Files">Addresses of core.onnx, model.json and the model card, relative to the API's origin.</param>
public sealed record ModelVersionResponse(
    Guid Id,
    string Model,
    int Version,
    Guid Run,
    Guid DatasetVersion,
    string Architecture,
    IReadOnlyList<string> Classes,
    RunResultResponse Evaluation,
    string OnnxHash,
    long OnnxBytes,
    IReadOnlyList<ModelFile> Files,
    DateTimeOffset CreatedAt,
    IReadOnlyList<string> Aliases
);

public sealed record ModelFile(string Name, string Url);

/// <summary>A test picture and the model's prediction for it. Wrong predictions come first, the most confident mistakes before the
/// others.</summary>
/// <param name="Image">Null if the picture is no longer in the dataset.</param>
public sealed record TestPredictionResponse(
    string Hash,
    string Label,
    string Predicted,
    double Probability,
    double[] Probabilities,
    string? Thumbnail,
    Guid? Image
);
