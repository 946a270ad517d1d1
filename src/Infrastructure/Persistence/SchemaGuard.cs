using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>Compares a database with this program, by the names of their migrations.</summary>
/// <param name="Last">Name of the last migration in the database; null: it is new.</param>
/// <param name="Pending">Migrations that the database lacks.</param>
public sealed record SchemaGuard(string? Last, IReadOnlyList<string> Pending)
{
    /// <summary>The database has data, and a migration would change it.</summary>
    public bool ChangesData => Last is not null && Pending.Count > 0;

    /// <exception cref="InvalidOperationException">A newer program has migrated the database, or one from before the first
    /// release.</exception>
    public static async Task<SchemaGuard> LookAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        var known = db.Database.GetMigrations().ToList();
        var applied = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        var unknown = applied.Except(known, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (unknown is [var first, ..] && string.CompareOrdinal(first, known[0]) < 0)
            throw new InvalidOperationException(
                "a version of GpuGeek from before the first release made it, and its data cannot be converted. Start with another data "
                    + "directory (--data DIR), or delete this one with --reset."
            );
        if (unknown is [.., var newer])
            throw new InvalidOperationException(
                $"a newer version of GpuGeek has migrated it to {newer}; the last migration that this version supports is {known[^1]}. "
                    + "Start the newer version, or restore a backup taken by this version (docs/backup.md)."
            );
        return new(applied.Max(StringComparer.Ordinal), [.. known.Except(applied, StringComparer.Ordinal)]);
    }

    /// <summary>Name of the last migration of this program; needs no database.</summary>
    public static string Newest()
    {
        using var db = new DesignTimeFactory().CreateDbContext([]);
        return db.Database.GetMigrations().Last();
    }
}
