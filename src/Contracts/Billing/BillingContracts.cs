using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Billing;

/// <param name="Amount">A decimal with four places, such as <c>12.3400</c>.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record MoneyResponse(string Amount, string Currency);

/// <param name="PricePerHour">Of training on a device whose class has no price in <c>devicePrices</c>.</param>
/// <param name="Kind"><c>trial</c>, <c>hourly</c> or <c>monthly</c>.</param>
/// <param name="IncludedHours">Free hours per calendar month (UTC).</param>
/// <param name="MaxConcurrentPredictions">Maximum number of predictions at the same time; more are refused with 429.</param>
/// <param name="MaxShareLinks">Maximum number of live share links per project.</param>
/// <param name="DevicePrices">Prices per hour by class of device: the operator's name for it counts before <c>gpu</c> and <c>cpu</c>, and
/// those before <c>pricePerHour</c>. The device that trains is charged, whatever the run asked for.</param>
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
    int MaxConcurrentPredictions,
    int MaxShareLinks,
    IReadOnlyDictionary<string, MoneyResponse> DevicePrices
);

/// <summary>Changes of a plan by the operator; null leaves a field unchanged.</summary>
public sealed record UpdatePlanRequest : IValidatableObject
{
    private const int MostPrices = 50;
    private const decimal HighestPrice = 100_000;

    [StringLength(100, MinimumLength = 1)]
    public string? Name { get; init; }

    [Range(0, 100000)]
    public decimal? PricePerHour { get; init; }

    /// <summary>All prices per hour by class of device; a class that is left out has none of its own any more.</summary>
    /// <example>{"gpu": 2.5, "a100": 4.1}</example>
    public IReadOnlyDictionary<string, decimal>? DevicePrices { get; init; }

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

    [Range(1, 100000)]
    public int? MaxConcurrentPredictions { get; init; }

    [Range(0, int.MaxValue)]
    public int? MaxShareLinks { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DevicePrices is not { } prices)
            yield break;
        if (prices.Count > MostPrices)
            yield return new($"A plan has at most {MostPrices} prices of classes.", [nameof(DevicePrices)]);
        if (prices.Keys.Any(c => c.Length is 0 or > 32 || c.Any(l => l is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))))
            yield return new(
                "A class of device has lower-case letters, digits and dashes, and at most 32 of them.",
                [nameof(DevicePrices)]
            );
        if (prices.Values.Any(price => price is < 0 or > HighestPrice))
            yield return new($"A price is from 0 to {HighestPrice:0}.", [nameof(DevicePrices)]);
    }
}

/// <summary>The organisation's plan and its usage.</summary>
public sealed record SubscriptionResponse(PlanResponse Plan, UsageTotals ThisMonth);

public sealed record ChangeSubscriptionRequest
{
    /// <summary>Code of a plan.</summary>
    /// <example>hourly</example>
    [Required, StringLength(50)]
    public required string Plan { get; init; }
}

/// <summary>Usage in the current calendar month (UTC).</summary>
public sealed record UsageTotals(
    decimal Seconds,
    MoneyResponse Cost,
    long StorageBytes,
    int Images,
    int Projects,
    int ActiveRuns,
    int Deployments
);

/// <summary>The time that one lease used a worker slot.</summary>
/// <param name="Run">The run. It may have been deleted since.</param>
/// <param name="RunName">The run's current name. If the run was deleted, its name at the start of the interval.</param>
/// <param name="Device">Class of the device that trained: the operator's name for it, else <c>gpu</c> or <c>cpu</c>.</param>
/// <param name="HeldSeconds">Seconds from start to end.</param>
/// <param name="ChargedSeconds">Seconds saved in a durable checkpoint or a result. Other time is not charged.</param>
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
    MoneyResponse Cost,
    string Device
);
