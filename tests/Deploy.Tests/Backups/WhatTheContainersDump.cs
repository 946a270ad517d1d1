using GpuGeek.AppHost.Backups;
using GpuGeek.AppHost.Postgres;
using GpuGeek.TestSupport;
using Npgsql;

namespace GpuGeek.Deploy.Tests.Backups;

/// <summary>deploy/docker/dump.sh, which the service <c>dump</c> runs before <c>migrate</c>, on a real server.</summary>
public sealed class WhatTheContainersDump : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("gpugeek-dumping-").FullName;
    private PrivatePostgres _postgres = null!;
    private PostgresTools _tools = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private string Dumps => Path.Combine(_root, "dumps");

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_root, (UnixFileMode)0b111_001_001);
        Directory.CreateDirectory(Dumps);
        var folder = Path.Combine(_root, "postgres");
        await PostgresTemplate.CopyToAsync(folder);
        _postgres = await PrivatePostgres.StartAsync(folder, durable: false, Cancel);
        _tools = PostgresTools.Of(folder, _postgres.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task One_dump_for_each_version_of_the_schema_of_which_three_stay()
    {
        var last = (string)(await ScalarAsync("SELECT max(migration_id) FROM __ef_migrations_history"))!;
        foreach (var older in (string[])["20260101000000_A", "20260102000000_B", "20260103000000_C"])
            await File.WriteAllTextAsync(Path.Combine(Dumps, $"at-{older}.dump"), older, Cancel);

        for (var start = 0; start < 2; start++)
        {
            var (code, said) = await DumpAsync(PostgresTools.Database);
            Assert.True(code == 0, said);
        }
        Assert.Equal(
            ["at-20260102000000_B.dump", "at-20260103000000_C.dump", $"at-{last}.dump"],
            Directory.GetFiles(Dumps).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        var dump = Path.Combine(Dumps, $"at-{last}.dump");
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(dump));
        await ScalarAsync("CREATE DATABASE again");
        await _tools.RunAsync("pg_restore", Cancel, "--exit-on-error", "-d", "again", dump);
    }

    [Fact]
    public async Task A_new_database_needs_none()
    {
        var (code, said) = await DumpAsync("postgres");
        Assert.True(code == 0, said);
        Assert.Empty(Directory.GetFiles(Dumps));
    }

    [Fact]
    public async Task A_dump_that_cannot_be_written_stops_the_start()
    {
        Directory.Delete(Dumps);

        var (code, said) = await DumpAsync(PostgresTools.Database);
        Assert.Equal(1, code);
        Assert.EndsWith(
            "The database dump failed, so the database is not migrated. Free disk space or check the server, then start again.",
            said,
            StringComparison.Ordinal
        );
    }

    private Task<(int Code, string Said)> DumpAsync(string database) =>
        Command.RunAsync(
            "bash",
            [
                ("PGHOST", "127.0.0.1"),
                ("PGPORT", $"{_tools.Port}"),
                ("PGUSER", "gpugeek_super"),
                ("PGPASSWORD", _tools.Password),
                ("PGDATABASE", database),
                ("DUMPS", Dumps),
                ("PATH", $"{_tools.Programs}:{Environment.GetEnvironmentVariable("PATH")}"),
            ],
            Path.Combine(SharedData.RepositoryRoot, "deploy/docker/dump.sh")
        );

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_tools.Connection);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
