using System.Globalization;
using GpuGeek.AppHost.Postgres;
using GpuGeek.ChildProcesses;
using GpuGeek.TestSupport.Platform;
using Xunit;

namespace GpuGeek.TestSupport;

/// <summary>
/// One real PostgreSQL for a test assembly, migrated; tests are kept apart by fresh organisations, not by cleaning up. Dies with the test
/// process.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(
        Path.GetTempPath(),
        $"gpugeek-test-postgres-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}"
    );
    private PrivatePostgres? _postgres;

    public RoleConnections Connections { get; private set; } = null!;

    /// <summary>Connection of the superuser: for data that our own roles must not see.</summary>
    public string SuperUser => _postgres!.SuperUserConnection(PostgresTemplate.Database);

    public async ValueTask InitializeAsync()
    {
        await PostgresTemplate.CopyToAsync(_folder);
        _postgres = await PrivatePostgres.StartAsync(_folder, durable: false, CancellationToken.None);
        Connections = await Roles.EnsureAsync(_postgres, _folder, PostgresTemplate.Database, CancellationToken.None);
    }

    /// <summary>Stops all processes of the server without ending them: connections stay open and nothing responds.</summary>
    /// <returns>Resumes them when disposed.</returns>
    public IDisposable Hang() => new Stopped(Processes.Postmaster(Path.Combine(_folder, "cluster")));

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Stopped : IDisposable
    {
        private const int Stop = 19;
        private const int Continue = 18;
        private readonly List<int> _processes;

        public Stopped(int server)
        {
            // The server first: it could start another child in the meantime.
            Signals.Send(server, Stop);
            _processes = [server, .. ChildrenOf(server)];
            foreach (var process in _processes)
                Signals.Send(process, Stop);
        }

        public void Dispose()
        {
            foreach (var process in _processes)
                Signals.Send(process, Continue);
        }

        private static IEnumerable<int> ChildrenOf(int parent) =>
            File.ReadAllText($"/proc/{parent}/task/{parent}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture));
    }
}
