using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using GpuGeek.Infrastructure.Storage;
using Npgsql;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>
/// A dump of the database, written before a migration changes it. It is written as the owner, whose policies show every row; Hangfire's
/// queue has only notifications and is left out.
/// </summary>
internal static class MigrationDump
{
    private const int Kept = 3;
    private const string Pattern = "before-*.dump";

    /// <summary>Writes <c>before-{last migration}-{time}.dump</c> and keeps the last three.</summary>
    /// <exception cref="InvalidOperationException">The dump failed; the message says why.</exception>
    public static async Task WriteAsync(string ownerConnectionString, string folder, string last, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder, $"before-{last}-{time}.dump");
        var part = path + ".part";
        try
        {
            CreateFolder(folder);
            await DumpAsync(ownerConnectionString, part, cancellationToken);
            Publish(part, path);
            Prune(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Win32Exception)
        {
            if (File.Exists(part))
                File.Delete(part);
            throw new InvalidOperationException(
                $"writing a dump of it to {folder} failed ({failure.Message.Trim()}), and it is not migrated without one. "
                    + "Free disk space, or install PostgreSQL's pg_dump of the server's version, then start again. "
                    + "GPUGEEK_BACKUPS names another folder, or is 'none' if you have a backup.",
                failure
            );
        }
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static async Task DumpAsync(string connectionString, string part, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(part, options);
        var start = new ProcessStartInfo("pg_dump", ["-Fc", "--enable-row-security", "-N", Migrator.HangfireSchema])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in ClientEnvironment(new(connectionString)))
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardOutput.BaseStream.CopyToAsync(file, cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new IOException($"pg_dump ended with exit code {process.ExitCode}: {await errors}");
        file.Flush(flushToDisk: true);
    }

    /// <summary>A command line is public; an environment is not.</summary>
    private static IEnumerable<(string Name, string? Value)> ClientEnvironment(NpgsqlConnectionStringBuilder connection) =>
        [
            ("PGHOST", connection.Host),
            ("PGPORT", connection.Port.ToString(CultureInfo.InvariantCulture)),
            ("PGUSER", connection.Username),
            ("PGPASSWORD", connection.Password),
            ("PGDATABASE", connection.Database),
            ("PGSSLROOTCERT", connection.RootCertificate),
            (
                "PGSSLMODE",
                connection.SslMode switch
                {
                    SslMode.Disable => "disable",
                    SslMode.Allow => "allow",
                    SslMode.Require => "require",
                    SslMode.VerifyCA => "verify-ca",
                    SslMode.VerifyFull => "verify-full",
                    _ => "prefer",
                }
            ),
        ];

    private static void Publish(string part, string path)
    {
        File.Move(part, path);
        DurableFolder.Flush(Path.GetDirectoryName(path)!);
    }

    private static void Prune(string folder)
    {
        // Also deletes what an interrupted dump has left.
        foreach (var part in Directory.EnumerateFiles(folder, Pattern + ".part"))
            File.Delete(part);
        foreach (var old in new DirectoryInfo(folder).EnumerateFiles(Pattern).OrderByDescending(f => f.LastWriteTimeUtc).Skip(Kept))
            old.Delete();
    }
}
