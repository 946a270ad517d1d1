using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Contracts.Sharing;

/// <summary>A link that shows one run or one model version, to read only, to whoever has it.</summary>
public sealed record CreateShareLinkRequest
{
    /// <summary>Id of a run of the project; null: it shows a model version.</summary>
    public Guid? Run { get; init; }

    /// <summary>Name of a model of the project, with <see cref="Version"/>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? Model { get; init; }

    /// <summary>Number of the model's version.</summary>
    [Range(1, int.MaxValue)]
    public int? Version { get; init; }

    /// <summary>Days until it ends by itself.</summary>
    /// <example>14</example>
    [Range(1, 90)]
    public int Days { get; init; } = 14;
}

/// <param name="Url">The link to pass on: shown this once.</param>
public sealed record CreatedShareLinkResponse(
    Guid Id,
    string Url,
    Guid? Run,
    ModelVersionRef? ModelVersion,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
);

/// <param name="State"><c>live</c>, <c>expired</c> or <c>revoked</c>.</param>
/// <param name="Run">What it shows: this run, or <paramref name="ModelVersion"/>.</param>
/// <param name="Name">Of what it shows.</param>
/// <param name="CreatedBy">Name of who made it; empty when that person has left.</param>
/// <param name="LastOpenedAt">To the minute; null: nobody has opened it.</param>
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

/// <summary>The token of a share link. In the body, never in an address: addresses end up in logs.</summary>
public sealed record ShareTokenRequest
{
    /// <summary><c>gg_share_…</c></summary>
    [Required, StringLength(200)]
    public required string Token { get; init; }
}

/// <summary>What a share link shows: a run or a model version, the other one is null.</summary>
/// <param name="Organization">Name of who shares it.</param>
/// <param name="Project">Name of the project.</param>
/// <param name="ExpiresAt">When the link ends by itself.</param>
public sealed record SharedResponse(
    string Organization,
    string Project,
    DateTimeOffset ExpiresAt,
    SharedRunResponse? Run,
    SharedModelResponse? Model
);

/// <param name="State"><c>queued|starting|running|pausing|paused|canceling|canceled|succeeded|failed</c>.</param>
/// <param name="Progress">0..1.</param>
/// <param name="Failure">Why it failed, in a few words.</param>
/// <param name="Curves">At most about 500 points of each of loss, accuracy and learning rate, in the order of writing.</param>
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
/// <param name="MacroF1">Mean of the classes' F1.</param>
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
