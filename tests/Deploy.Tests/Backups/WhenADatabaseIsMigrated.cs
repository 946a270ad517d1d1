using System.Diagnostics;
using System.Globalization;
using GpuGeek.AppHost.Backups;
using GpuGeek.AppHost.Postgres;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;
using Npgsql;

namespace GpuGeek.Deploy.Tests.Backups;

/// <summary>A real database, and <c>Api migrate</c> as AppHost and the container run it.</summary>
public sealed class WhenADatabaseIsMigrated : IAsyncLifetime
{
    // It can be applied twice.
    private const string Pending = "20261129100000_Vectors";
    private const string Newer = "29991231000000_Future";
    private readonly string _root = Directory.CreateTempSubdirectory("gpugeek-migrating-").FullName;
    private PrivatePostgres _postgres = null!;
    private RoleConnections _roles = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private string Folder => Path.Combine(_root, "postgres");
    private string Dumps => Path.Combine(_root, "backups");

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_root, (UnixFileMode)0b111_001_001);
        await PostgresTemplate.CopyToAsync(Folder);
        _postgres = await PrivatePostgres.StartAsync(Folder, durable: false, Cancel);
        _roles = await Roles.EnsureAsync(_postgres, Folder, PostgresTools.Database, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_dump_of_before_is_written_first_which_holds_every_row()
    {
        var last = await TextAsync("SELECT max(migration_id) FROM __ef_migrations_history");
        await ExecuteAsync($"DELETE FROM __ef_migrations_history WHERE migration_id = '{Pending}'");
        // Row-level security hides rows from whoever has no policy, and a dump without rows would be no dump.
        var tables = await TextAsync(Counts);
        Assert.Matches(" plans=[1-9]", tables);

        var (code, said) = await MigrateAsync();
        Assert.True(code == 0, said);
        Assert.Equal(1L, await CountAsync($"SELECT count(*) FROM __ef_migrations_history WHERE migration_id = '{Pending}'"));
        var dump = Assert.Single(Directory.GetFiles(Dumps));
        Assert.Matches($"^before-{last}-[0-9]{{8}}T[0-9]{{6}}Z[.]dump$", Path.GetFileName(dump));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(dump));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Dumps));

        await RestoreAsync(dump, "before");
        Assert.Equal(tables, await TextAsync(Counts, "before"));
        Assert.Equal(0L, await CountAsync($"SELECT count(*) FROM __ef_migrations_history WHERE migration_id = '{Pending}'", "before"));
    }

    [Fact]
    public async Task On_one_machine_it_lies_in_the_data_folder()
    {
        await ExecuteAsync($"DELETE FROM __ef_migrations_history WHERE migration_id = '{Pending}'");
        await _postgres.DisposeAsync();

        using var host = Process.Start(
            new ProcessStartInfo(RunningPlatform.Program, ["--data", _root, "--port", "18099"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = host.StandardError.ReadToEndAsync(Cancel);
        var dumps = await Eventually.HoldsAsync(
            () => Directory.Exists(Dumps) ? Directory.GetFiles(Dumps, "*.dump") : [],
            found => found.Length > 0 || host.HasExited
        );
        Processes.Signal(host.Id, "TERM");
        await host.WaitForExitAsync(Cancel);
        Assert.True(dumps.Length == 1, await errors);
        Assert.Matches("^before-.*[.]dump$", Path.GetFileName(dumps[0]));
    }

    [Fact]
    public async Task The_last_three_dumps_are_kept()
    {
        Directory.CreateDirectory(Dumps);
        foreach (var day in (int[])[1, 2, 3, 4])
        {
            var old = Path.Combine(Dumps, $"before-20260101000000_Old-2026010{day}T000000Z.dump");
            await File.WriteAllTextAsync(old, "old", Cancel);
            File.SetLastWriteTimeUtc(old, DateTime.Parse($"2026-01-0{day}", CultureInfo.InvariantCulture));
        }
        await File.WriteAllTextAsync(Path.Combine(Dumps, "before-20260101000000_Old-20260105T000000Z.dump.part"), "half", Cancel);
        await File.WriteAllTextAsync(Path.Combine(Dumps, "letter.dump"), "mine", Cancel);
        await ExecuteAsync($"DELETE FROM __ef_migrations_history WHERE migration_id = '{Pending}'");

        var (code, said) = await MigrateAsync();
        Assert.True(code == 0, said);
        var kept = Directory.GetFiles(Dumps).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(
            ["before-20260101000000_Old-20260103T000000Z.dump", "before-20260101000000_Old-20260104T000000Z.dump", "letter.dump"],
            kept.Where(k => !k.StartsWith("before-20261", StringComparison.Ordinal))
        );
        Assert.Equal(4, kept.Count);
    }

    [Fact]
    public async Task Nothing_is_dumped_where_nothing_changes_or_nothing_is_yet()
    {
        var (code, said) = await MigrateAsync();
        Assert.True(code == 0, said);
        _roles = await Roles.EnsureAsync(_postgres, Folder, "fresh", Cancel);
        (code, said) = await MigrateAsync();
        Assert.True(code == 0, said);

        Assert.True(await CountAsync("SELECT count(*) FROM __ef_migrations_history", "fresh") > 0);
        Assert.False(Directory.Exists(Dumps));
    }

    [Theory]
    [InlineData("GPUGEEK_BACKUPS", "/proc/no-folder", "writing a dump of it to /proc/no-folder failed")]
    [InlineData("PATH", "/proc", "install PostgreSQL's pg_dump of the server's version")]
    public async Task Without_a_dump_it_is_not_changed(string variable, string value, string why)
    {
        await ExecuteAsync($"DELETE FROM __ef_migrations_history WHERE migration_id = '{Pending}'");

        var (code, said) = await MigrateAsync((variable, value));
        Assert.Equal(1, code);
        WhatABackupHolds.AssertOneSentence("The database could not be migrated: writing a dump of it to ", why, said);
        Assert.Equal(0L, await CountAsync($"SELECT count(*) FROM __ef_migrations_history WHERE migration_id = '{Pending}'"));
        Assert.False(Directory.Exists(Dumps) && Directory.EnumerateFiles(Dumps).Any());
        // The operator has a backup.
        (code, said) = await MigrateAsync(("GPUGEEK_BACKUPS", "none"));
        Assert.True(code == 0, said);
        Assert.Equal(1L, await CountAsync($"SELECT count(*) FROM __ef_migrations_history WHERE migration_id = '{Pending}'"));
    }

    [Fact]
    public async Task One_of_a_newer_version_is_refused_and_stays_as_it_is()
    {
        var last = await TextAsync("SELECT max(migration_id) FROM __ef_migrations_history");
        await ExecuteAsync($"INSERT INTO __ef_migrations_history VALUES ('{Newer}', '99.0'); DROP POLICY owner_all ON runs");

        var (code, said) = await MigrateAsync();
        Assert.Equal(1, code);
        var sentence =
            $"a newer version of GpuGeek has migrated it to {Newer}; the last migration that this version supports is {last}. "
            + "Start the newer version";
        WhatABackupHolds.AssertOneSentence("The database could not be migrated: ", sentence, said);
        Assert.Equal(0L, await CountAsync("SELECT count(*) FROM pg_policies WHERE tablename = 'runs' AND policyname = 'owner_all'"));

        await _postgres.DisposeAsync();
        (code, said) = await Command.RunAsync(RunningPlatform.Program, [], "--data", _root, "--port", "1");
        Assert.Equal(1, code);
        Assert.StartsWith("Api migrate failed: it exited with code 1.", said, StringComparison.Ordinal);
        Assert.Contains(sentence, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_from_before_the_first_release_is_refused_with_the_way_out()
    {
        await ExecuteAsync("INSERT INTO __ef_migrations_history VALUES ('20261124173213_First', '10.0')");

        var (code, said) = await MigrateAsync();
        Assert.Equal(1, code);
        WhatABackupHolds.AssertOneSentence(
            "The database could not be migrated: ",
            "a version of GpuGeek from before the first release made it, and its data cannot be converted. Start with another data "
                + "directory (--data DIR), or delete this one with --reset.",
            said
        );
        Assert.False(Directory.Exists(Dumps));
    }

    private const string Counts = """
        SELECT string_agg(format('%s=%s', relname, (xpath('/row/n/text()',
          query_to_xml(format('SELECT count(*) AS n FROM public.%I', relname), false, true, '')))[1]), ' ' ORDER BY relname)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        """;

    private Task<(int Code, string Said)> MigrateAsync(params (string Name, string Value)[] more) =>
        Command.RunAsync(
            Command.Api,
            [("GPUGEEK_DB_OWNER", _roles.Owner), ("GPUGEEK_DB_HANGFIRE", _roles.Hangfire), ("GPUGEEK_BACKUPS", Dumps), .. more],
            "migrate"
        );

    private async Task RestoreAsync(string dump, string database)
    {
        await ExecuteAsync($"CREATE DATABASE {database}");
        await PostgresTools.Of(Folder, _postgres.Port).RunAsync("pg_restore", Cancel, "--exit-on-error", "-d", database, dump);
    }

    private async Task ExecuteAsync(string sql) => await ScalarAsync(sql, PostgresTools.Database);

    private async Task<string> TextAsync(string sql, string database = PostgresTools.Database) =>
        (string)(await ScalarAsync(sql, database))!;

    private async Task<long> CountAsync(string sql, string database = PostgresTools.Database) => (long)(await ScalarAsync(sql, database))!;

    private async Task<object?> ScalarAsync(string sql, string database)
    {
        await using var connection = new NpgsqlConnection(_postgres.SuperUserConnection(database) + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
