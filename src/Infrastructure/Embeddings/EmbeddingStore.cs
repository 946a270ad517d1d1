using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace GpuGeek.Infrastructure.Embeddings;

/// <summary>Embeddings of one organisation's pictures, for whatever compares pictures: trainings of a classifier, neighbours,
/// duplicates.</summary>
public sealed class EmbeddingStore(IDbContexts contexts, TimeProvider clock)
{
    private const int Block = 500;

    /// <summary>Reads what is known of the pictures; their time of use is renewed.</summary>
    /// <param name="backbone">Of <see cref="EmbeddingKey"/>.</param>
    /// <param name="pictures">SHA-256 of each.</param>
    public async IAsyncEnumerable<EmbeddingRecord> ReadAsync(
        Guid org,
        byte[] backbone,
        IEnumerable<byte[]> pictures,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var connection = await contexts.OpenSystemAsync(cancellationToken);
        foreach (var block in pictures.Chunk(Block))
        {
            await using var command = Command(
                connection,
                """
                UPDATE embeddings SET used_at = $4 WHERE org_id = $1 AND backbone = $2 AND picture = ANY($3)
                RETURNING picture, view, vector
                """,
                org,
                backbone,
                block,
                clock.GetUtcNow()
            );
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                yield return new((byte[])reader[0], (byte)reader.GetInt16(1), (byte[])reader[2]);
        }
    }

    /// <summary>Keeps embeddings, as far as the plan has room: they are derived, and never take the room of a picture.</summary>
    /// <returns>Number of embeddings that were not known before.</returns>
    public async Task<int> AddAsync(Guid org, byte[] backbone, IEnumerable<EmbeddingRecord> records, CancellationToken cancellationToken)
    {
        var added = 0;
        foreach (var block in records.Chunk(Block))
        {
            await using var db = contexts.System();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await PlanGate.LockAsync(db, org, cancellationToken);
            if (await PlanGate.RoomAsync(db, org, cancellationToken) < block.Sum(r => (long)r.Vector.Length))
                return added;
            await using var command = Command(
                (NpgsqlConnection)db.Database.GetDbConnection(),
                """
                INSERT INTO embeddings (org_id, backbone, picture, view, vector, used_at)
                SELECT $1, $2, r.picture, r.view, r.vector, $6 FROM unnest($3, $4, $5) r(picture, view, vector)
                ON CONFLICT DO NOTHING
                """,
                org,
                backbone,
                block.Select(r => r.Picture).ToArray(),
                block.Select(r => (short)r.View).ToArray(),
                block.Select(r => r.Vector).ToArray(),
                clock.GetUtcNow()
            );
            added += await command.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        return added;
    }

    /// <summary>Deletes the embeddings of deleted pictures.</summary>
    /// <param name="db">A context of the system role.</param>
    public static Task<int> ForgetAsync(
        GpuGeekDbContext db,
        Guid org,
        IReadOnlyCollection<byte[]> pictures,
        CancellationToken cancellationToken
    ) =>
        pictures.Count == 0
            ? Task.FromResult(0)
            : db
                .Embeddings.IgnoreTenantFilter()
                .Where(e => e.OrgId == org && pictures.Contains(e.Picture))
                .ExecuteDeleteAsync(cancellationToken);

    /// <summary>Evicts the least recently used embeddings of each organisation that keeps more than the limit.</summary>
    public async Task<int> EvictAsync(long bytesPerOrganization, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
        return await db.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM embeddings e USING (
              SELECT org_id, backbone, picture, view, sum(octet_length(vector)) OVER (PARTITION BY org_id ORDER BY used_at DESC, backbone,
                picture, view) AS kept FROM embeddings) ranked
            WHERE ranked.kept > {bytesPerOrganization} AND (e.org_id, e.backbone, e.picture, e.view)
              = (ranked.org_id, ranked.backbone, ranked.picture, ranked.view)
            """,
            cancellationToken
        );
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string text, params object[] values)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var value in values)
            command.Parameters.Add(
                value is byte[][] many
                    ? new() { Value = many, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea }
                    : new() { Value = value }
            );
        return command;
    }
}
