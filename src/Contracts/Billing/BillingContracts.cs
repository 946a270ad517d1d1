using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Billing;

/// <param name="Amount">A decimal with four places, such as <c>12.3400</c>.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record MoneyResponse(string Amount, string Currency);

/// <param name="Kind"><c>trial</c>, <c>hourly</c> or <c>monthly</c>.</param>
/// <param name="IncludedHours">Per calendar month (UTC), at no cost.</param>
/// <param name="MaxShareLinks">Live share links of one project.</param>
public sealed record PlanResponse(
    string Code,
    string Name,
    string Kind,
    MoneyResponse PricePerHour,
    MoneyResponse MonthlyFee,
    decimal IncludedHours,
    bool StopsAtIncludedHours,
    long MaxStorageBytes,
    int MaxImages,
    int MaxProjects,
    int MaxConcurrentRuns,
    int MaxDeployments,
    int MaxShareLinks
);

/// <summary>What the operator changes; null leaves a field as it is.</summary>
public sealed record UpdatePlanRequest
{
    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; init; }

    [Range(0, 100000)]
    public decimal? PricePerHour { get; init; }

    [Range(0, 1000000)]
    public decimal? MonthlyFee { get; init; }

    [Range(0, 1000000)]
    public decimal? IncludedHours { get; init; }
    public bool? StopsAtIncludedHours { get; init; }

    [Range(0, long.MaxValue)]
    public long? MaxStorageBytes { get; init; }

    [Range(0, int.MaxValue)]
    public int? MaxImages { get; init; }

    [Range(0, int.MaxValue)]
    public int? MaxProjects { get; init; }

    [Range(0, int.MaxValue)]
    public int? MaxConcurrentRuns { get; init; }

    [Range(0, int.MaxValue)]
    public int? MaxDeployments { get; init; }

    [Range(0, int.MaxValue)]
    public int? MaxShareLinks { get; init; }
}

/// <summary>The organisation's plan and what it has used of it.</summary>
public sealed record SubscriptionResponse(PlanResponse Plan, UsageTotals ThisMonth);

public sealed record ChangeSubscriptionRequest
{
    /// <summary>Code of a plan.</summary>
    /// <example>hourly</example>
    [Required, StringLength(50)]
    public required string Plan { get; init; }
}

/// <summary>Of the current calendar month (UTC).</summary>
public sealed record UsageTotals(
    decimal Seconds,
    MoneyResponse Cost,
    long StorageBytes,
    int Images,
    int Projects,
    int ActiveRuns,
    int Deployments
);

/// <summary>The time one lease held a worker slot.</summary>
/// <param name="Run">Its run; that may have been deleted since.</param>
/// <param name="RunName">The run's name; the one it had when the interval began where the run has been deleted.</param>
/// <param name="HeldSeconds">From start to end.</param>
/// <param name="ChargedSeconds">Kept in a durable checkpoint or a result: the rest is not charged.</param>
public sealed record UsageIntervalResponse(
    Guid Id,
    Guid Run,
    string RunName,
    string Slot,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    decimal HeldSeconds,
    decimal ChargedSeconds,
    MoneyResponse PricePerHour,
    MoneyResponse Cost
);
