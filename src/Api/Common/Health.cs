using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Common;

internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Ok(new { status = "alive" })).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/readyz", ReadyAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private const string DiskShort = "disk space is short: uploads are refused, and imports and runs wait until space is freed";

    /// <summary>200 when work can be done, else 503 with the reasons.</summary>
    /// <remarks>A disk without room is a warning: predictions and pages go on.</remarks>
    private static async Task<IResult> ReadyAsync(
        IDbContexts contexts, PredictorClient predictor, IObjectStore store, CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        try
        {
            await using var db = contexts.System();
            if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()) reasons.Add("the database is not migrated");
        }
        catch (Exception failure) when (failure is Npgsql.NpgsqlException or InvalidOperationException or TimeoutException)
        {
            reasons.Add("the database cannot be reached");
        }
        if (!await predictor.IsAliveAsync(cancellationToken)) reasons.Add("the predictor does not answer");
        string[] warnings = store.FreeBytes is 0 ? [DiskShort] : [];
        return reasons.Count > 0 ? TypedResults.Json(new { status = "not ready", reasons, warnings }, statusCode: 503)
            : warnings.Length > 0 ? TypedResults.Ok(new { status = "ready", warnings }) : TypedResults.Ok(new { status = "ready" });
    }
}
