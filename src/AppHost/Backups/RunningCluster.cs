using System.Globalization;
using GpuGeek.AppHost.Hosting;
using GpuGeek.AppHost.Postgres;

namespace GpuGeek.AppHost.Backups;

/// <summary>The database of a data folder: that of the platform which runs there, else one that is started for the backup alone.</summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    private readonly DataFolder? _folder;
    private readonly PrivatePostgres? _own;

    private RunningCluster(PostgresTools tools, DataFolder? folder, PrivatePostgres? own) => (Tools, _folder, _own) = (tools, folder, own);

    public PostgresTools Tools { get; }

    /// <exception cref="PartFailedException">There is none, or it does not run although the folder is in use.</exception>
    public static async Task<RunningCluster> OpenAsync(string data, CancellationToken cancellationToken)
    {
        var postgres = Path.Combine(data, "postgres");
        var cluster = Path.Combine(postgres, "cluster");
        if (!File.Exists(Path.Combine(cluster, "PG_VERSION")))
            throw new PartFailedException("The backup", $"{data} holds no database of GpuGeek. Name its data directory with --data.");
        DataFolder.RefuseHalfRestored(data);
        return DataFolder.IsHeld(data)
            ? new(await LookAsync(postgres, cluster, cancellationToken), null, null)
            : await StartAsync(data, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is not null) await _own.DisposeAsync();
        _folder?.Dispose();
    }

    private static async Task<PostgresTools> LookAsync(string postgres, string cluster, CancellationToken cancellationToken)
    {
        var pid = Path.Combine(cluster, "postmaster.pid");
        var lines = File.Exists(pid) ? await File.ReadAllLinesAsync(pid, cancellationToken) : [];
        if (lines.Length < 4 || !int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port))
            throw new PartFailedException("The backup", $"the database of {postgres} is starting or stopping. Try again in a minute.");
        var version = (await File.ReadAllTextAsync(Path.Combine(cluster, "PG_VERSION"), cancellationToken)).Trim();
        return new(PostgresBinaries.Find(version), port, await PasswordAsync(postgres, cancellationToken));
    }

    private static async Task<RunningCluster> StartAsync(string data, CancellationToken cancellationToken)
    {
        var folder = DataFolder.Open(data);
        try
        {
            var own = await PrivatePostgres.StartAsync(folder.Postgres, durable: true, cancellationToken);
            return new(new(own.Programs, own.Port, await PasswordAsync(folder.Postgres, cancellationToken)), folder, own);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public static async Task<string> PasswordAsync(string postgres, CancellationToken cancellationToken) =>
        (await File.ReadAllTextAsync(Path.Combine(postgres, "password"), cancellationToken)).Trim();
}
