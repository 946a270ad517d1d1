using GpuGeek.Domain.Billing;
using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>Migrates both schemas, as the owner and as Hangfire's role; can be run again at any time.</summary>
public static class Migrator
{
    public const string HangfireSchema = "hangfire";

    /// <param name="dumps">Folder for the dump that is written before a database with data is changed; null: no dump.</param>
    /// <exception cref="InvalidOperationException">The database is newer than this program, or the dump failed; nothing was
    /// changed.</exception>
    public static async Task MigrateAsync(
        string ownerConnectionString,
        string hangfireConnectionString,
        string? dumps,
        CancellationToken cancellationToken
    )
    {
        // No time limit: a migration of large tables can take long.
        await using var source = new NpgsqlDataSourceBuilder(ownerConnectionString)
        {
            ConnectionStringBuilder = { CommandTimeout = 0 },
        }.Build();
        await using (var db = new GpuGeekDbContext(DbContexts.Options(source), null, null))
        {
            var schema = await SchemaGuard.LookAsync(db, cancellationToken);
            if (schema.ChangesData && dumps is not null)
                await MigrationDump.WriteAsync(ownerConnectionString, dumps, schema.Last!, cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
            await db.Database.ExecuteSqlRawAsync(Script("DefinerFunctions.sql"), cancellationToken);
            await db.Database.ExecuteSqlRawAsync(Script("Walls.sql"), cancellationToken);
            await SeedPlansAsync(db, cancellationToken);
        }
        await using var hangfire = new NpgsqlConnection(hangfireConnectionString);
        await hangfire.OpenAsync(cancellationToken);
        PostgreSqlObjectsInstaller.Install(hangfire, HangfireSchema);
    }

    // Inserts only missing plans: the operator's prices and limits are kept.
    private static async Task SeedPlansAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        var known = await db.Plans.Select(p => p.Code).ToListAsync(cancellationToken);
        db.Plans.AddRange(Plan.Seed.Where(p => !known.Contains(p.Code)));
        await db.SaveChangesAsync(cancellationToken);
    }

    internal static string Script(string name)
    {
        using var stream =
            typeof(Migrator).Assembly.GetManifestResourceStream($"GpuGeek.Infrastructure.Persistence.{name}")
            ?? throw new InvalidOperationException($"The script {name} is not embedded.");
        using var reader = new StreamReader(stream);
        // EF interprets {0} as a parameter; these scripts have none.
        return reader.ReadToEnd().Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
    }
}
