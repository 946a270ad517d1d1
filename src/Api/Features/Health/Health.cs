using GpuGeek.Api.Http;
using GpuGeek.Api.Shared;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Health;

internal static class Health
{
    private const string DatabaseAway = "the database cannot be reached";
    private const string DiskShort = "disk space is low: uploads are refused, and imports and runs wait until space is freed";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AllowAnonymous().WithMetadata(new HealthMetadata()).ExcludeFromDescription();
        group.MapGet("/healthz", () => TypedResults.Ok(new { status = "alive" }));
        group.MapGet("/readyz", ReadyAsync);
    }

    /// <summary>Returns 200 if the service can work, else 503 with the reasons.</summary>
    /// <remarks>A full disk is only a warning: predictions and pages still work.</remarks>
    private static async Task<IResult> ReadyAsync(
        IDbContexts contexts,
        DatabasePulse pulse,
        PredictorPool pool,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        var asked = Task.WhenAll(pool.All.Select(p => p.BootIdAsync(cancellationToken)));
        List<string> reasons = [];
        if (await DatabaseAsync(contexts, pulse, cancellationToken) is { } reason)
            reasons.Add(reason);
        List<string> warnings = store.FreeBytes is 0 ? [DiskShort] : [];
        var away = (await asked).Count(boot => boot is null);
        // Predictions continue as long as one of them answers.
        if (away == pool.All.Count)
            reasons.Add("the predictor does not answer");
        else if (away > 0)
            warnings.Add($"{away} of {pool.All.Count} predictors do not answer");
        return reasons.Count > 0
                ? TypedResults.Json(
                    new
                    {
                        status = "not ready",
                        reasons,
                        warnings,
                    },
                    statusCode: 503
                )
            : warnings.Count > 0 ? TypedResults.Ok(new { status = "ready", warnings })
            : TypedResults.Ok(new { status = "ready" });
    }

    private static async Task<string?> DatabaseAsync(IDbContexts contexts, DatabasePulse pulse, CancellationToken cancellationToken)
    {
        if (pulse.IsAway)
            return DatabaseAway;
        try
        {
            await using var db = contexts.System();
            return (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any() ? "the database is not migrated" : null;
        }
        catch (Exception failure) when (DatabaseOutage.IsAway(failure))
        {
            return DatabaseAway;
        }
    }
}
