using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Http;

/// <summary>Refuses requests at once while the database is away: nearly each of them would wait for it, if only to look up its
/// token.</summary>
internal static class DatabaseGate
{
    /// <summary>After routing, which finds the routes that tell how the process is, and before authentication.</summary>
    public static void UseDatabaseGate(this WebApplication app)
    {
        var pulse = app.Services.GetRequiredService<DatabasePulse>();
        app.Use(
            (context, next) =>
                pulse.IsAway && context.GetEndpoint()?.Metadata.GetMetadata<HealthMetadata>() is null ? RefuseAsync(context) : next(context)
        );
    }

    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "2";
        return Problems
            .Of(
                503,
                "database_unavailable",
                "The database cannot be reached",
                "The database does not answer.",
                "Try again in a few seconds; a request that creates, with the same Idempotency-Key."
            )
            .ExecuteAsync(context);
    }
}
