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
        await using var db = contexts.System();
        await db.Database.OpenConnectionAsync(cancellationToken);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        // Once, and without a lock: what people store pushes embeddings out in any case.
        var room = await PlanGate.RoomAsync(db, org, cancellationToken);
        var added = 0;
        foreach (var block in records.Chunk(Block))
        {
            var known = await KnownAsync(connection, org, backbone, block, cancellationToken);
            var fresh = block.Where(r => !known.Contains(NameOf(r.Picture, r.View))).ToList();
            room -= fresh.Sum(r => (long)r.Vector.Length);
            if (room < 0)
                return added;
            if (fresh.Count > 0)
                added += await InsertAsync(connection, org, backbone, fresh, cancellationToken);
        }
        return added;
    }

    private async Task<int> InsertAsync(
        NpgsqlConnection connection,
        Guid org,
        byte[] backbone,
        List<EmbeddingRecord> records,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            connection,
            """
            INSERT INTO embeddings (org_id, backbone, picture, view, vector, used_at)
            SELECT $1, $2, r.picture, r.view, r.vector, $6 FROM unnest($3, $4, $5) r(picture, view, vector)
            ON CONFLICT DO NOTHING
            """,
            org,
            backbone,
            records.Select(r => r.Picture).ToArray(),
            records.Select(r => (short)r.View).ToArray(),
            records.Select(r => r.Vector).ToArray(),
            clock.GetUtcNow()
        );
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Names without their vectors: a training hands back what it was given, too.</summary>
    private static async Task<HashSet<string>> KnownAsync(
        NpgsqlConnection connection,
        Guid org,
        byte[] backbone,
        EmbeddingRecord[] records,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            connection,
            "SELECT picture, view FROM embeddings WHERE org_id = $1 AND backbone = $2 AND picture = ANY($3)",
            org,
            backbone,
            records.Select(r => r.Picture).ToArray()
        );
        var known = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            known.Add(NameOf((byte[])reader[0], (byte)reader.GetInt16(1)));
        return known;
    }

    private static string NameOf(byte[] picture, byte view) => FormattableString.Invariant($"{Convert.ToHexString(picture)}/{view}");

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
