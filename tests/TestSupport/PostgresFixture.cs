using GpuGeek.AppHost.Postgres;
using Xunit;

namespace GpuGeek.TestSupport;

/// <summary>
/// One real PostgreSQL for a test assembly, migrated; tests are kept apart by fresh organisations, not by cleaning up. Dies with the test process.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"gpugeek-test-postgres-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}");
    private PrivatePostgres? _postgres;

    public RoleConnections Connections { get; private set; } = null!;

    /// <summary>As the superuser: for what no role of ours may see.</summary>
    public string SuperUser => _postgres!.SuperUserConnection(PostgresTemplate.Database);

    public async ValueTask InitializeAsync()
    {
        await PostgresTemplate.CopyToAsync(_folder);
        _postgres = await PrivatePostgres.StartAsync(_folder, durable: false, CancellationToken.None);
        Connections = await Roles.EnsureAsync(_postgres, _folder, PostgresTemplate.Database, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null) await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
