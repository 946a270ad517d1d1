using System.Globalization;
using GpuGeek.AppHost.Hosting;
using GpuGeek.AppHost.Postgres;

namespace GpuGeek.AppHost.Backups;

/// <summary>The database of a data directory: that of the running platform, else one that is started only for the backup.</summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    private DataFolder? _folder;
    private PrivatePostgres? _own;

    private RunningCluster() { }

    public PostgresTools Tools { get; private set; } = null!;

    /// <exception cref="PartFailedException">There is none, or it is not running although the directory is in use.</exception>
    public static async Task<RunningCluster> OpenAsync(string data, CancellationToken cancellationToken)
    {
        var postgres = Path.Combine(data, "postgres");
        var cluster = Path.Combine(postgres, "cluster");
        if (!File.Exists(Path.Combine(cluster, "PG_VERSION")))
            throw new PartFailedException("The backup", $"{data} contains no database of GpuGeek. Set the data directory with --data.");
        DataFolder.RefuseHalfRestored(data);
        return DataFolder.IsHeld(data)
            ? new() { Tools = PostgresTools.Of(postgres, Port(cluster)) }
            : await StartAsync(data, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
            await _own.DisposeAsync();
        _folder?.Dispose();
    }

    private static int Port(string cluster)
    {
        var pid = Path.Combine(cluster, "postmaster.pid");
        var lines = File.Exists(pid) ? File.ReadAllLines(pid) : [];
        return lines.Length > 3 && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)
            ? port
            : throw new PartFailedException("The backup", $"the database in {cluster} is starting or stopping. Try again in a minute.");
    }

    private static async Task<RunningCluster> StartAsync(string data, CancellationToken cancellationToken)
    {
        var cluster = new RunningCluster();
        try
        {
            cluster._folder = DataFolder.Open(data);
            cluster._own = await PrivatePostgres.StartAsync(cluster._folder.Postgres, durable: true, cancellationToken);
            cluster.Tools = PostgresTools.Of(cluster._folder.Postgres, cluster._own.Port);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }
}
