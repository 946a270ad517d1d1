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

    /// <summary>200 when work can be done, else 503 with the reasons.</summary>
    private static async Task<IResult> ReadyAsync(IDbContexts contexts, PredictorClient predictor, CancellationToken cancellationToken)
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
        return reasons.Count == 0 ? TypedResults.Ok(new { status = "ready" }) : TypedResults.Json(new { status = "not ready", reasons }, statusCode: 503);
    }
}
