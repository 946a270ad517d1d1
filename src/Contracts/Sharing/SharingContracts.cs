using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Contracts.Sharing;

/// <summary>A read-only link to one run or one model version, for anyone who has the link.</summary>
public sealed record CreateShareLinkRequest
{
    /// <summary>Id of a run of the project. Null for a link to a model version.</summary>
    public Guid? Run { get; init; }

    /// <summary>Name of a model of the project. Needs <see cref="Version"/>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? Model { get; init; }

    /// <summary>Number of the model's version.</summary>
    [Range(1, int.MaxValue)]
    public int? Version { get; init; }

    /// <summary>Days until the link expires.</summary>
    /// <example>14</example>
    [Range(1, 90)]
    public int Days { get; init; } = 14;
}

/// <param name="Url">The link. Shown only once.</param>
public sealed record CreatedShareLinkResponse(
    Guid Id,
    string Url,
    Guid? Run,
    ModelVersionRef? ModelVersion,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
);

/// <param name="State"><c>live</c>, <c>expired</c> or <c>revoked</c>.</param>
/// <param name="Run">The shared run; null if <paramref name="ModelVersion"/> is shared.</param>
/// <param name="Name">Name of the shared run or model version.</param>
/// <param name="CreatedBy">Name of the person who created it; empty if that person has left.</param>
/// <param name="LastOpenedAt">To the minute; null: never opened.</param>
public sealed record ShareLinkResponse(
    Guid Id,
    string State,
    Guid? Run,
    ModelVersionRef? ModelVersion,
    string Name,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastOpenedAt
);

/// <summary>The token of a share link. It is sent in the body, never in an address: addresses are logged.</summary>
public sealed record ShareTokenRequest
{
    /// <summary><c>gg_share_…</c></summary>
    [Required, StringLength(200)]
    public required string Token { get; init; }
}

/// <summary>Content of a share link: a run or a model version; the other is null.</summary>
/// <param name="Organization">Name of the organisation that shares it.</param>
/// <param name="Project">Name of the project.</param>
/// <param name="ExpiresAt">Expiry time of the link.</param>
public sealed record SharedResponse(
    string Organization,
    string Project,
    DateTimeOffset ExpiresAt,
    SharedRunResponse? Run,
    SharedModelResponse? Model
);

/// <param name="State"><c>queued|starting|running|pausing|paused|canceling|canceled|succeeded|failed</c>.</param>
/// <param name="Progress">0..1.</param>
/// <param name="Failure">Short reason of the failure.</param>
/// <param name="Curves">At most about 500 points for each of loss, accuracy and learning rate, in the order they were recorded.</param>
public sealed record SharedRunResponse(
    string Name,
    string DatasetName,
    int DatasetVersionNumber,
    IReadOnlyList<string> Classes,
    string State,
    double Progress,
    string? Failure,
    Recipe Recipe,
    BestResponse? Best,
    SharedResultResponse? Result,
    IReadOnlyList<SharedPoint> Curves,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt
);

/// <param name="Step">Optimizer step, from 1.</param>
public sealed record SharedPoint(string Name, long Step, double Epoch, double Value);

/// <param name="InputSize">Square input side in pixels.</param>
public sealed record SharedModelResponse(
    string Name,
    int Version,
    string Architecture,
    int InputSize,
    IReadOnlyList<string> Classes,
    SharedResultResponse Result,
    DateTimeOffset CreatedAt
);

/// <param name="Interval">95 % Wilson interval of the test accuracy: low, high.</param>
/// <param name="MacroF1">Mean F1 over the classes.</param>
/// <param name="Confusion">Test pictures by [true class][predicted class].</param>
public sealed record SharedResultResponse(
    double TestAccuracy,
    double[] Interval,
    double MacroF1,
    int TestCount,
    double ValAccuracy,
    int BestEpoch,
    int[][] Confusion,
    IReadOnlyList<ClassScoreResponse> PerClass
);
