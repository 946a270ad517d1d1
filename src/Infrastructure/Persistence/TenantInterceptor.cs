using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>Sets the tenant for row-level security on a freshly opened connection. The pool's reset removes it.</summary>
internal sealed class TenantInterceptor : DbConnectionInterceptor
{
    private const string SetTenant = "SELECT set_config('app.org', $1, false), set_config('app.user', $2, false)";

    public static readonly TenantInterceptor Instance = new();

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (eventData.Context is not GpuGeekDbContext { } context || (context.Org is null && context.User is null))
            return;
        using var command = Command((NpgsqlConnection)connection, context.Org, context.User);
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        if (eventData.Context is not GpuGeekDbContext { } context || (context.Org is null && context.User is null))
            return;
        await SetAsync((NpgsqlConnection)connection, context.Org, context.User, cancellationToken);
    }

    public static async Task SetAsync(NpgsqlConnection connection, Guid? org, Guid? user, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, org, user);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first statement of a batch.</summary>
    public static NpgsqlBatchCommand First(Guid? org, Guid? user) => new(SetTenant) { Parameters = { Text(org), Text(user) } };

    private static NpgsqlCommand Command(NpgsqlConnection connection, Guid? org, Guid? user) =>
        new(SetTenant, connection) { Parameters = { Text(org), Text(user) } };

    private static NpgsqlParameter Text(Guid? id) => new() { Value = id?.ToString() ?? "", NpgsqlDbType = NpgsqlDbType.Text };
}
