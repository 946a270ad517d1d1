using System.Data;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Infrastructure.Persistence;
using Npgsql;

namespace GpuGeek.Api.Features.Deployments;

/// <summary>What a prediction needs to know of its deployment.</summary>
/// <param name="IsLive">A version is loaded, or was before its predictor restarted.</param>
/// <param name="Predictors">Addresses of those that hold it.</param>
/// <param name="Limit">How many predictions the organisation may have at the same time.</param>
internal sealed record PredictionTarget(Guid Id, bool IsLive, string[] Predictors, int Limit)
{
    // By hand, because a context costs a third of the processor time that a prediction takes outside the predictor.
    private const string Statement = """
        SELECT d.id, d.live_version_id, d.placed_on, d.loaded_on, p.max_concurrent_predictions
        FROM deployments d JOIN organizations o ON o.id = d.org_id JOIN plans p ON p.code = o.plan_code
        WHERE d.org_id = $1 AND d.name = $2 AND d.deletion_id IS NULL
        """;

    /// <returns>Null if the organisation has no deployment of this name.</returns>
    public static async Task<PredictionTarget?> FindAsync(
        IDbContexts contexts,
        Tenant tenant,
        string name,
        CancellationToken cancellationToken
    )
    {
        await using var batch = contexts.BatchForOrg(tenant.OrgId, tenant.UserId);
        batch.BatchCommands.Add(
            new(Statement)
            {
                Parameters =
                {
                    new() { Value = tenant.OrgId },
                    new() { Value = name },
                },
            }
        );
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        // The result of the statement that sets the tenant.
        await row.NextResultAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Read(row) : null;
    }

    private static PredictionTarget Read(NpgsqlDataReader row)
    {
        // If none has it loaded, they restart: the picture waits for one of them.
        var loaded = row.GetFieldValue<string[]>("loaded_on");
        return new(
            row.GetFieldValue<Guid>("id"),
            !row.IsDBNull("live_version_id"),
            loaded.Length > 0 ? loaded : row.GetFieldValue<string[]>("placed_on"),
            row.GetInt32("max_concurrent_predictions")
        );
    }
}
