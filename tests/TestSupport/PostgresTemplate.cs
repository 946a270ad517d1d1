using System.Diagnostics;
using System.Security.Cryptography;
using GpuGeek.AppHost.Postgres;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.TestSupport;

/// <summary>
/// A migrated cluster, created by AppHost's own code, with its passwords. It is created once per machine and build, and copied whenever a
/// test starts PostgreSQL: a copy takes a tenth of the time of <c>initdb</c> and the migrations.
/// </summary>
public static class PostgresTemplate
{
    internal const string Database = "gpugeek";
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    private static string Root { get; } = Path.Combine(Path.GetTempPath(), "gpugeek-test-postgres-templates");

    /// <summary>Copies the template.</summary>
    /// <param name="folder">The folder <c>postgres</c> in AppHost's data directory. It must not exist yet.</param>
    public static async Task CopyToAsync(string folder)
    {
        var template = Path.Combine(Root, Key());
        await MakeAsync(template);
        Directory.SetLastWriteTimeUtc(template, TimeProvider.System.GetUtcNow().UtcDateTime);
        // cp keeps owner and mode, which PostgreSQL requires, and shares the blocks if the file system can.
        var start = new ProcessStartInfo("cp", ["-a", "--reflink=auto", template, folder]) { RedirectStandardError = true };
        using var copy = Process.Start(start)!;
        var errors = await copy.StandardError.ReadToEndAsync();
        await copy.WaitForExitAsync();
        if (copy.ExitCode != 0)
            throw new InvalidOperationException($"{template} could not be copied to {folder}: {errors}");
    }

    /// <summary>Everything that determines the content: the migrations (Infrastructure), roles.sql (AppHost) and PostgreSQL's
    /// programs.</summary>
    private static string Key()
    {
        var bin = PostgresBinaries.Find(null);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] files = [typeof(Migrator).Assembly.Location, typeof(PrivatePostgres).Assembly.Location, Path.Combine(bin, "postgres")];
        foreach (var file in files)
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private static async Task MakeAsync(string template)
    {
        if (Directory.Exists(template))
            return;
        // PostgreSQL's account must be able to enter it; the clusters themselves are private to their owner.
        Directory.CreateDirectory(Root);
        await using var gate = await Eventually.HoldsAsync(
            () => Gate(template + ".lock"),
            taken => taken is not null,
            expected: "the template's lock is free"
        );
        if (Directory.Exists(template))
            return;
        RemoveOldOnes();
        var draft = Path.Combine(Root, $"draft-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}");
        Directory.CreateDirectory(draft);
        await using (var postgres = await PrivatePostgres.StartAsync(draft, durable: false, CancellationToken.None))
        {
            var connections = await Roles.EnsureAsync(postgres, draft, Database, CancellationToken.None);
            await Migrator.MigrateAsync(connections.Owner, connections.Hangfire, dumps: null, CancellationToken.None);
        }
        // It was shut down cleanly, so its files are complete. A template gets its name only when it is complete.
        File.Delete(Path.Combine(draft, "postgres.log"));
        Directory.Move(draft, template);
    }

    private static FileStream? Gate(string path)
    {
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void RemoveOldOnes()
    {
        var oldest = TimeProvider.System.GetUtcNow().UtcDateTime - KeptFor;
        foreach (var folder in Directory.GetDirectories(Root))
            if (Directory.GetLastWriteTimeUtc(folder) < oldest)
                Directory.Delete(folder, recursive: true);
    }
}
