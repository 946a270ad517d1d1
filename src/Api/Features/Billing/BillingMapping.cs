using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Billing;
using GpuGeek.Domain.Billing;
using GpuGeek.Infrastructure.Billing;

namespace GpuGeek.Api.Features.Billing;

internal static class BillingMapping
{
    public static PlanResponse ToResponse(this Plan plan) =>
        new(
            plan.Code,
            plan.Name,
            plan.Kind.ToString().ToLowerInvariant(),
            Money.Of(plan.PricePerHour, plan.Currency),
            Money.Of(plan.MonthlyFee, plan.Currency),
            plan.IncludedHours,
            plan.StopsAtIncludedHours,
            plan.MaxStorageBytes,
            plan.MaxImages,
            plan.MaxProjects,
            plan.MaxConcurrentRuns,
            plan.MaxDeployments,
            plan.MaxConcurrentPredictions,
            plan.MaxShareLinks,
            // jsonb keeps an order of its own.
            new SortedDictionary<string, MoneyResponse>(
                plan.DevicePrices.ToDictionary(p => p.Key, p => Money.Of(p.Value, plan.Currency)),
                StringComparer.Ordinal
            )
        );

    public static SubscriptionResponse ToResponse(this PlanUsage usage) =>
        new(
            usage.Plan.ToResponse(),
            new(
                usage.MonthSeconds,
                Money.Of(usage.MonthCost, usage.Currency),
                usage.StorageBytes,
                usage.Images,
                usage.Projects,
                usage.ActiveRuns,
                usage.Deployments
            )
        );

    public static UsageIntervalResponse ToResponse(this UsageInterval interval, string runName, DateTimeOffset now) =>
        new(
            interval.Id,
            interval.RunId,
            runName,
            interval.Slot,
            interval.StartedAt,
            interval.EndedAt,
            Math.Round((decimal)((interval.EndedAt ?? now) - interval.StartedAt).TotalSeconds, 3),
            interval.ChargedSeconds,
            Money.Of(interval.PricePerHour, interval.Currency),
            Money.Of(interval.Cost, interval.Currency),
            interval.Device
        );
}
