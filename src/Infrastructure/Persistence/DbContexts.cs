using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>Creates all contexts and connections.</summary>
public interface IDbContexts
{
    /// <summary>Sees the rows of one organisation.</summary>
    GpuGeekDbContext ForOrg(Guid org, Guid? user = null);

    /// <summary>Sees a person's own rows of the directory: memberships, sessions.</summary>
    GpuGeekDbContext ForUser(Guid user);

    /// <summary>Sees no tenant's rows; may call the narrow functions for sign-in and tokens.</summary>
    GpuGeekDbContext ForNobody();

    /// <summary>The system role, for jobs that cross organisations.</summary>
    GpuGeekDbContext System();

    /// <summary>A raw connection for one organisation.</summary>
    ValueTask<NpgsqlConnection> OpenForOrgAsync(Guid org, CancellationToken cancellationToken);

    /// <summary>
    /// Statements for one organisation that go to the database in one round trip, without the costs of a context: for requests that come
    /// hundreds of times per second. The first statement sets the organisation and the person; its result comes first.
    /// </summary>
    NpgsqlBatch BatchForOrg(Guid org, Guid user);

    /// <summary>A statement like those of <see cref="ForNobody"/>, without the costs of a context.</summary>
    NpgsqlCommand CommandForNobody(string sql);

    /// <summary>A raw connection of the system role.</summary>
    ValueTask<NpgsqlConnection> OpenSystemAsync(CancellationToken cancellationToken);
}

internal sealed class DbContexts : IDbContexts, IAsyncDisposable
{
    private readonly NpgsqlDataSource? _app;
    private readonly NpgsqlDataSource _system;
    private readonly DbContextOptions<GpuGeekDbContext>? _appOptions;
    private readonly DbContextOptions<GpuGeekDbContext> _systemOptions;

    public DbContexts(IOptions<DatabaseOptions> options)
    {
        if (options.Value.App is { Length: > 0 } app)
        {
            _app = Source(app, "gpugeek-app");
            _appOptions = Options(_app);
        }
        _system = Source(options.Value.System, "gpugeek-system");
        _systemOptions = Options(_system);
    }

    public GpuGeekDbContext ForOrg(Guid org, Guid? user = null) => new(AppOptions, org, user);

    public GpuGeekDbContext ForUser(Guid user) => new(AppOptions, null, user);

    public GpuGeekDbContext ForNobody() => new(AppOptions, null, null);

    public GpuGeekDbContext System() => new(_systemOptions, null, null, seesDeleted: true);

    public NpgsqlBatch BatchForOrg(Guid org, Guid user)
    {
        var batch = App.CreateBatch();
        batch.BatchCommands.Add(TenantInterceptor.First(org, user));
        return batch;
    }

    public NpgsqlCommand CommandForNobody(string sql) => App.CreateCommand(sql);

    public async ValueTask<NpgsqlConnection> OpenForOrgAsync(Guid org, CancellationToken cancellationToken)
    {
        var connection = await App.OpenConnectionAsync(cancellationToken);
        await TenantInterceptor.SetAsync(connection, org, null, cancellationToken);
        return connection;
    }

    public ValueTask<NpgsqlConnection> OpenSystemAsync(CancellationToken cancellationToken) =>
        _system.OpenConnectionAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await _system.DisposeAsync();
    }

    public const string MigrationsTable = "__ef_migrations_history";

    internal static DbContextOptions<GpuGeekDbContext> Options(NpgsqlDataSource source) =>
        new DbContextOptionsBuilder<GpuGeekDbContext>()
            .UseNpgsql(source, npgsql => npgsql.MigrationsHistoryTable(MigrationsTable))
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(TenantInterceptor.Instance)
            .Options;

    private NpgsqlDataSource App => _app ?? throw NoApp();

    private DbContextOptions<GpuGeekDbContext> AppOptions => _appOptions ?? throw NoApp();

    private static InvalidOperationException NoApp() =>
        new("GPUGEEK_DB is not set: this process does not serve requests of organisations.");

    private static NpgsqlDataSource Source(string connectionString, string name)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString)
        {
            // In metrics; else it would be the connection string.
            Name = name,
            ConnectionStringBuilder =
            {
                ApplicationName = name,
                // A statement that the database refuses while Npgsql prepares it by itself leaves the connection out of step: a later
                // request would read its rows, or fail.
                MaxAutoPrepare = 0,
            },
        };
        // A pooled connection must forget its organisation before the next use; without the reset, one tenant's rows would reach another.
        if (builder.ConnectionStringBuilder.NoResetOnClose || builder.ConnectionStringBuilder.Multiplexing)
            throw new InvalidOperationException(
                "The connection string turns off the reset of pooled connections (No Reset On Close or Multiplexing): data could leak "
                    + "between tenants. Remove that setting."
            );
        return builder.Build();
    }
}
