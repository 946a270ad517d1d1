using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Billing;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Billing;

internal static class BillingEndpoints
{
    public static void MapBilling(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/plans", ListPlansAsync).WithTags("Billing").WithName("ListPlans");
        routes
            .MapPatch("/api/v1/plans/{plan}", UpdatePlanAsync)
            .RequireAuthorization(AuthSetup.OperatorPolicy)
            .WithTags("Billing")
            .WithName("UpdatePlan");
        var group = routes.MapOrg().WithTags("Billing");
        group.MapGet("/subscription", GetSubscriptionAsync).Needs(Role.Viewer, Scopes.BillingRead).WithName("GetSubscription");
        group.MapPut("/subscription", ChangeSubscriptionAsync).Needs(Role.Owner, null).WithName("ChangeSubscription");
        group.MapGet("/usage", ListUsageAsync).Needs(Role.Viewer, Scopes.BillingRead).WithName("ListUsage");
    }

    /// <summary>List the plans of this installation</summary>
    /// <remarks>Every signed-in person can see prices and limits, because owners choose a plan by them. Only the operator can change
    /// them.</remarks>
    private static async Task<Ok<Page<PlanResponse>>> ListPlansAsync(IDbContexts contexts, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForNobody();
        var plans = await db.Plans.AsNoTracking().OrderBy(p => p.MonthlyFee).ThenBy(p => p.PricePerHour).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<PlanResponse>([.. plans.Select(BillingMapping.ToResponse)], null));
    }

    /// <summary>Change a plan's prices and limits (operator)</summary>
    private static async Task<Results<Ok<PlanResponse>, ProblemHttpResult>> UpdatePlanAsync(
        string plan,
        UpdatePlanRequest request,
        IDbContexts contexts,
        CancellationToken cancellationToken
    )
    {
        await using var db = contexts.System();
        if (await db.Plans.FirstOrDefaultAsync(p => p.Code == plan, cancellationToken) is not { } row)
            return Problems.NotFound();
        row.Name = request.Name ?? row.Name;
        row.PricePerHour = request.PricePerHour ?? row.PricePerHour;
        row.DevicePrices = request.DevicePrices is { } prices ? Rounded(prices) : row.DevicePrices;
        row.MonthlyFee = request.MonthlyFee ?? row.MonthlyFee;
        row.IncludedHours = request.IncludedHours ?? row.IncludedHours;
        row.StopsAtIncludedHours = request.StopsAtIncludedHours ?? row.StopsAtIncludedHours;
        row.MaxStorageBytes = request.MaxStorageBytes ?? row.MaxStorageBytes;
        row.MaxImages = request.MaxImages ?? row.MaxImages;
        row.MaxProjects = request.MaxProjects ?? row.MaxProjects;
        row.MaxConcurrentRuns = request.MaxConcurrentRuns ?? row.MaxConcurrentRuns;
        row.MaxDeployments = request.MaxDeployments ?? row.MaxDeployments;
        row.MaxConcurrentPredictions = request.MaxConcurrentPredictions ?? row.MaxConcurrentPredictions;
        row.MaxShareLinks = request.MaxShareLinks ?? row.MaxShareLinks;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(row.ToResponse());
    }

    /// <summary>As exact as every price.</summary>
    private static Dictionary<string, decimal> Rounded(IReadOnlyDictionary<string, decimal> prices) =>
        prices.ToDictionary(p => p.Key, p => Math.Round(p.Value, 4, MidpointRounding.ToEven));

    /// <summary>Get the organisation's plan and its usage this month</summary>
    private static async Task<Ok<SubscriptionResponse>> GetSubscriptionAsync(
        Tenant tenant,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    ) => TypedResults.Ok((await PlanGate.UsageAsync(db, tenant.OrgId, clock.GetUtcNow(), cancellationToken)).ToResponse());

    /// <summary>Change the organisation's plan</summary>
    private static async Task<Results<Ok<SubscriptionResponse>, ProblemHttpResult>> ChangeSubscriptionAsync(
        ChangeSubscriptionRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (!await db.Plans.AnyAsync(p => p.Code == request.Plan, cancellationToken))
            return Problems.Impossible("unknown_plan", $"There is no plan '{request.Plan}'.", "GET /plans lists them.");
        await db
            .Organizations.Where(o => o.Id == tenant.OrgId)
            .ExecuteUpdateAsync(set => set.SetProperty(o => o.PlanCode, request.Plan), cancellationToken);
        return await GetSubscriptionAsync(tenant, db, clock, cancellationToken);
    }

    /// <summary>List usage intervals, newest first: one for each lease of a worker slot</summary>
    private static async Task<Ok<Page<UsageIntervalResponse>>> ListUsageAsync(
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken,
        Guid? run = null,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await (
            from interval in db.UsageIntervals
            where (run == null || interval.RunId == run) && (last == null || interval.Id < last)
            orderby interval.Id descending
            select new { interval, Name = db.Runs.Where(r => r.Id == interval.RunId).Select(r => r.Name).FirstOrDefault() }
        )
            .AsNoTracking()
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(
            Paging.Of(rows, size, r => r.interval.Id.ToString(), r => r.interval.ToResponse(r.Name ?? r.interval.RunName, now))
        );
    }
}
