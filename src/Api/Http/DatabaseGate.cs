using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Http;

/// <summary>Refuses requests immediately while the database is not available: nearly all of them would wait for it, if only to look up
/// the token.</summary>
internal static class DatabaseGate
{
    /// <summary>Runs after routing, which identifies the health routes, and before authentication.</summary>
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
                "The database does not respond.",
                "Try again in a few seconds. Repeat a create request with the same Idempotency-Key."
            )
            .ExecuteAsync(context);
    }
}
