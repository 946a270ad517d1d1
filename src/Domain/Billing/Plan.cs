using GpuGeek.Domain.Devices;

namespace GpuGeek.Domain.Billing;

public enum PlanKind
{
    Trial,
    Hourly,
    Monthly,
}

/// <summary>Limits and prices of an organisation. Seeded, and edited by the operator. Every quota is checked against these
/// limits.</summary>
public sealed class Plan
{
    public const string Trial = "trial";
    public const string Hourly = "hourly";
    public const string Monthly = "monthly";

    public required string Code { get; init; }
    public required string Name { get; set; }
    public required PlanKind Kind { get; init; }
    public required string Currency { get; set; }

    /// <summary>Per hour of training on a device whose class has no price of its own.</summary>
    public required decimal PricePerHour { get; set; }

    /// <summary>Prices per hour by class of device (<see cref="DeviceClass"/>).</summary>
    public IReadOnlyDictionary<string, decimal> DevicePrices { get; set; } = new Dictionary<string, decimal>();
    public required decimal MonthlyFee { get; set; }

    /// <summary>Free hours per calendar month (UTC).</summary>
    public required decimal IncludedHours { get; set; }

    /// <summary>Training beyond the included hours is refused instead of charged.</summary>
    public required bool StopsAtIncludedHours { get; set; }
    public required long MaxStorageBytes { get; set; }
    public required int MaxImages { get; set; }
    public required int MaxProjects { get; set; }
    public required int MaxConcurrentRuns { get; set; }
    public required int MaxDeployments { get; set; }

    /// <summary>Predictions at the same time in one prediction process.</summary>
    public required int MaxConcurrentPredictions { get; set; }

    /// <summary>Active share links per project.</summary>
    public required int MaxShareLinks { get; set; }

    /// <summary>Per hour of training on the device: the price of the operator's name for it, else of a GPU or processor, else of
    /// any.</summary>
    public decimal PriceOn(SlotDevice device)
    {
        foreach (var one in device.Classes)
            if (DevicePrices.TryGetValue(one, out var price))
                return price;
        return PricePerHour;
    }

    public static IReadOnlyList<Plan> Seed { get; } =
    [
        new()
        {
            Code = Trial,
            Name = "Trial",
            Kind = PlanKind.Trial,
            Currency = "USD",
            PricePerHour = 0,
            MonthlyFee = 0,
            IncludedHours = 50,
            StopsAtIncludedHours = true,
            MaxStorageBytes = 50L << 30,
            MaxImages = 500_000,
            MaxProjects = 20,
            MaxConcurrentRuns = 4,
            MaxDeployments = 10,
            MaxConcurrentPredictions = 64,
            MaxShareLinks = 20,
        },
        new()
        {
            Code = Hourly,
            Name = "Pay by the hour",
            Kind = PlanKind.Hourly,
            Currency = "USD",
            PricePerHour = 0.90m,
            MonthlyFee = 0,
            IncludedHours = 0,
            StopsAtIncludedHours = false,
            MaxStorageBytes = 500L << 30,
            MaxImages = 5_000_000,
            MaxProjects = 100,
            MaxConcurrentRuns = 8,
            MaxDeployments = 50,
            MaxConcurrentPredictions = 128,
            MaxShareLinks = 100,
        },
        new()
        {
            Code = Monthly,
            Name = "Team, monthly",
            Kind = PlanKind.Monthly,
            Currency = "USD",
            PricePerHour = 0.70m,
            MonthlyFee = 99,
            IncludedHours = 100,
            StopsAtIncludedHours = false,
            MaxStorageBytes = 2L << 40,
            MaxImages = 20_000_000,
            MaxProjects = 1_000,
            MaxConcurrentRuns = 16,
            MaxDeployments = 200,
            MaxConcurrentPredictions = 256,
            MaxShareLinks = 500,
        },
    ];
}
