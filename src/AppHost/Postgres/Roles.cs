using GpuGeek.AppHost.Hosting;
using Npgsql;

namespace GpuGeek.AppHost.Postgres;

/// <summary>Connection strings of the four roles.</summary>
public sealed record RoleConnections(string Owner, string App, string System, string Hangfire);

/// <summary>Creates a database with the four roles of <c>deploy/postgres/roles.sql</c>, whose passwords are stored next to the
/// cluster.</summary>
public static class Roles
{
    private static readonly string[] Names = ["owner", "app", "system", "hangfire"];

    public static async Task<RoleConnections> EnsureAsync(
        PrivatePostgres postgres,
        string folder,
        string database,
        CancellationToken cancellationToken
    )
    {
        var passwords = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Names)
            passwords[name] = await SecretFile.ReadOrCreateAsync(Path.Combine(folder, $"{name}.password"), cancellationToken);
        await CreateDatabaseAsync(postgres, database, cancellationToken);
        var script = Script();
        foreach (var (name, password) in passwords)
            script = script.Replace($":'{name}_password'", $"'{password}'", StringComparison.Ordinal);
        await using var connection = new NpgsqlConnection(postgres.SuperUserConnection(database) + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        // Only on our own server; on a shared server its operators decide who can connect.
        await using var command = new NpgsqlCommand(
            script + "REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;",
            connection
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
        string For(string name) => postgres.Connection($"gpugeek_{name}", passwords[name], database);
        return new(For("owner"), For("app"), For("system"), For("hangfire"));
    }

    private static async Task CreateDatabaseAsync(PrivatePostgres postgres, string database, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(postgres.SuperUserConnection("postgres") + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = database } },
        };
        if (await exists.ExecuteScalarAsync(cancellationToken) is not null)
            return;
        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{database}\"", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Script()
    {
        using var reader = new StreamReader(typeof(Roles).Assembly.GetManifestResourceStream("roles.sql")!);
        return reader.ReadToEnd();
    }
}
