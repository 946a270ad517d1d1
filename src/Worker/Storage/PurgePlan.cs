using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace GpuGeek.Worker.Storage;

/// <summary>One table of a purge.</summary>
/// <param name="Rows">The condition for the rows to delete; <c>$1</c> is the organisation, <c>$2</c> the deleted item.</param>
internal sealed record PurgeStep(IEntityType Entity, string Table, string Rows)
{
    // Large datasets have millions of rows.
    private const int TimeoutSeconds = 3600;

    public async Task<int> DeleteAsync(GpuGeekDbContext db, Deletion deletion, CancellationToken cancellationToken)
    {
        await using var command = Command(db, deletion, $"DELETE FROM {Table} WHERE {Rows}");
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<List<string>> ReadAsync(GpuGeekDbContext db, Deletion deletion, string column, CancellationToken cancellationToken)
    {
        await using var command = Command(db, deletion, $"SELECT {column} FROM {Table} WHERE ({Rows}) AND {column} IS NOT NULL");
        var values = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            values.Add(reader.GetString(0));
        return values;
    }

    private static NpgsqlCommand Command(GpuGeekDbContext db, Deletion deletion, string text)
    {
        var command = ((NpgsqlConnection)db.Database.GetDbConnection()).CreateCommand();
        (command.CommandText, command.CommandTimeout) = (text, TimeoutSeconds);
        command.Parameters.Add(new() { Value = deletion.OrgId });
        if (text.Contains("$2", StringComparison.Ordinal))
            command.Parameters.Add(new() { Value = deletion.TargetId });
        return command;
    }
}

/// <summary>
/// All rows that depend on a dataset, a project or an organisation, found by the foreign keys of the model: new tables are included
/// automatically.
/// </summary>
internal static class PurgePlan
{
    /// <returns>Dependent tables come before the tables they depend on.</returns>
    public static IReadOnlyList<PurgeStep> Of(GpuGeekDbContext db, DeletionKind kind)
    {
        var root = db.Model.FindEntityType(
            kind switch
            {
                DeletionKind.Dataset => typeof(Dataset),
                DeletionKind.Project => typeof(Project),
                _ => typeof(Organization),
            }
        )!;
        var sorted = new List<IEntityType>();
        Sort(root, [], sorted);
        var rows = new Dictionary<IEntityType, string>
        {
            [root] = kind == DeletionKind.Organization ? "id = $1" : "org_id = $1 AND id = $2",
        };
        foreach (var entity in Enumerable.Reverse(sorted).Where(e => e != root))
            rows[entity] = kind == DeletionKind.Organization ? "org_id = $1" : Dependent(entity, rows);
        return sorted.ConvertAll(entity => new PurgeStep(entity, entity.GetTableName()!, rows[entity]));
    }

    private static void Sort(IEntityType entity, HashSet<IEntityType> seen, List<IEntityType> sorted)
    {
        if (!seen.Add(entity))
            return;
        foreach (var key in entity.GetReferencingForeignKeys())
            Sort(key.DeclaringEntityType, seen, sorted);
        sorted.Add(entity);
    }

    private static string Dependent(IEntityType entity, Dictionary<IEntityType, string> rows) =>
        string.Join(
            " OR ",
            from key in entity.GetForeignKeys()
            where rows.ContainsKey(key.PrincipalEntityType)
            select $"({Columns(key.Properties)}) IN (SELECT {Columns(key.PrincipalKey.Properties)} FROM "
                + $"{key.PrincipalEntityType.GetTableName()} WHERE {rows[key.PrincipalEntityType]})"
        );

    private static string Columns(IEnumerable<IReadOnlyProperty> properties) =>
        string.Join(", ", properties.Select(p => p.GetColumnName()));
}
