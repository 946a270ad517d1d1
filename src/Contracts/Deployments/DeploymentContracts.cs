using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Common;

namespace GpuGeek.Contracts.Deployments;

public sealed record CreateDeploymentRequest
{
    /// <example>flowers</example>
    [Required, StringLength(63)]
    public required string Project { get; init; }

    /// <summary>Name in the endpoint's address: a-z, 0-9 and hyphens; unique in the organisation.</summary>
    /// <example>flowers</example>
    [
        Required,
        RegularExpression(
            "^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,62}$",
            ErrorMessage = "Use a-z, 0-9 and single hyphens, at most 63 characters."
        )
    ]
    public required string Name { get; init; }

    /// <example>flowers</example>
    [Required, StringLength(63)]
    public required string Model { get; init; }

    /// <summary>Either this or <c>alias</c>.</summary>
    /// <example>1</example>
    [Range(1, int.MaxValue)]
    public int? Version { get; init; }

    /// <summary>An alias of the model that the deployment follows: when it moves to another version, the deployment switches.</summary>
    [StringLength(63)]
    public string? Alias { get; init; }

    /// <summary>On how many predictors the model is loaded; default 1, at most as many as the installation has. With two or more,
    /// predictions continue while one predictor restarts. Each replica counts as a deployment of the plan.</summary>
    /// <example>1</example>
    [Range(1, 1000)]
    public int? Replicas { get; init; }
}

/// <summary>Switches to another version without interruption: the previous version answers until the new one is loaded.</summary>
public sealed record UpdateDeploymentRequest
{
    [StringLength(63)]
    public string? Model { get; init; }

    /// <summary>The deployment then follows no alias.</summary>
    /// <example>2</example>
    [Range(1, int.MaxValue)]
    public int? Version { get; init; }

    /// <summary>An alias of the model that the deployment follows from now on.</summary>
    [StringLength(63)]
    public string? Alias { get; init; }

    /// <summary>Changes on how many predictors the model is loaded.</summary>
    /// <example>1</example>
    [Range(1, 1000)]
    public int? Replicas { get; init; }
}

/// <param name="State"><c>starting</c>, <c>live</c> or <c>failed</c>.</param>
/// <param name="Url">Absolute address to send pictures to.</param>
/// <param name="LiveVersion">The version that is serving now; differs from <paramref name="Version"/> while a new version is being
/// loaded.</param>
/// <param name="Alias">The alias of the model that it follows; null: none.</param>
/// <param name="Replicas">The requested number of predictors that load the model.</param>
/// <param name="ReadyReplicas">How many of them answer now.</param>
public sealed record DeploymentResponse(
    Guid Id,
    string Name,
    string Project,
    string Model,
    int Version,
    int? LiveVersion,
    string State,
    int Replicas,
    int ReadyReplicas,
    ErrorInfo? Error,
    string Url,
    IReadOnlyList<string> Classes,
    int InputSize,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? Alias
);

/// <summary>JSON body of a prediction, as an alternative to the picture's bytes or a multipart <c>file</c>.</summary>
public sealed record PredictRequest
{
    /// <summary>The picture's bytes, base64-encoded.</summary>
    [Required]
    public required string Image { get; init; }
}

/// <param name="Label">The most probable class.</param>
/// <param name="Probability">Calibrated probability of <paramref name="Label"/>, 0..1.</param>
/// <param name="Classes">The <c>top</c> most probable classes, in descending order.</param>
public sealed record PredictionResponse(
    Guid Id,
    string Label,
    double Probability,
    IReadOnlyList<ClassProbability> Classes,
    ServedModel Model,
    PredictionTiming Timing
);

public sealed record ClassProbability(string Label, double Probability);

/// <param name="Artefact"><c>sha256:…</c> of the ONNX file that made the prediction.</param>
public sealed record ServedModel(string Name, int Version, string Artefact);

public sealed record PredictionTiming(double DecodeMs, double QueueMs, double InferMs, double TotalMs);
