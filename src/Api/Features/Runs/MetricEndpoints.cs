using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Runs;

internal static class MetricEndpoints
{
    private const int MinPoints = 10,
        MaxPoints = 10_000;

    public static void Map(RouteGroupBuilder runs)
    {
        runs.MapGet("/{run:guid}/metrics", MetricsAsync).Needs(Role.Viewer, Scopes.RunsRead).WithName("GetMetrics");
        runs.MapGet("/{run:guid}/logs", LogsAsync).Needs(Role.Viewer, Scopes.RunsRead).WithName("GetLogs");
    }

    /// <summary>List metric points after a sequence number, in order</summary>
    /// <remarks><c>names</c>: comma-separated. <c>points=1000</c> is for drawing: each curve is thinned to min/max buckets and its values
    /// have six digits.</remarks>
    private static async Task<Results<Ok<MetricsResponse>, ProblemHttpResult>> MetricsAsync(
        Guid run,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        long after = 0,
        string? names = null,
        int? points = null
    )
    {
        if (points is < MinPoints or > MaxPoints)
            return Problems.Impossible("invalid_points", $"'points' must be {MinPoints} to {MaxPoints}.");
        if (!await db.Runs.AnyAsync(r => r.Id == run, cancellationToken))
            return Problems.NotFound();
        var items = await MetricReader.PointsAsync(
            db,
            run,
            after,
            names?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            limit: null,
            cancellationToken
        );
        var last = items.Count == 0 ? after : items[^1].Seq;
        return TypedResults.Ok(new MetricsResponse(points is { } n ? MetricReader.Buckets(items, n) : items, last));
    }

    /// <summary>List log lines after a sequence number, in order; at most 2000 per request</summary>
    private static async Task<Results<Ok<LogsResponse>, ProblemHttpResult>> LogsAsync(
        Guid run,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        long after = 0
    )
    {
        if (!await db.Runs.AnyAsync(r => r.Id == run, cancellationToken))
            return Problems.NotFound();
        var items = await MetricReader.LogsAsync(db, run, after, MetricReader.PageSize, cancellationToken);
        return TypedResults.Ok(new LogsResponse(items, items.Count == 0 ? after : items[^1].Seq));
    }
}
