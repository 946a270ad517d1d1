using System.Data;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.Extensions.Options;
using Npgsql;

namespace GpuGeek.Api.Http.Auth;

/// <param name="Membership">In the organisation that was asked for; null if none was, or the caller is not a member.</param>
internal sealed record FoundToken(Caller Caller, Membership? Membership);

/// <summary>Finds tokens by their hash. Every request does it, so it is one statement without a context.</summary>
internal sealed class TokenStore(IDbContexts contexts, IOptions<SessionLifetime> sessions, TimeProvider clock)
{
    private const string Statement = """
        SELECT t.id, t.user_id, t.org_id, t.scopes, t.expires_at, t.revoked_at, t.last_used_at, t.is_operator, m.id AS member_of, m.role
        FROM auth_token($1) t LEFT JOIN LATERAL org_for_member($2, t.user_id) m ON true
        """;
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(1);

    /// <param name="slug">Organisation whose membership is looked up too; null: none.</param>
    /// <returns>Null if the token is unknown, expired or revoked.</returns>
    public async Task<FoundToken?> FindAsync(string token, string? slug, CancellationToken cancellationToken)
    {
        if (!TokenFormat.TryParse(token, out var kind) || kind is not (TokenKind.Session or TokenKind.ApiKey))
            return null;
        await using var command = contexts.CommandForNobody(Statement);
        command.Parameters.Add(new() { Value = TokenFormat.Hash(token) });
        command.Parameters.Add(new() { Value = slug ?? "" });
        FoundToken found;
        DateTimeOffset? usedAt;
        var now = clock.GetUtcNow();
        await using (var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken) || row.IsDBNull("user_id") || !row.IsDBNull("revoked_at"))
                return null;
            usedAt = Time(row, "last_used_at");
            if (Time(row, "expires_at") <= now || kind == TokenKind.Session && !sessions.Value.IsAlive(usedAt, now))
                return null;
            found = Read(row, kind, slug);
        }
        if (usedAt is null || now - usedAt > TouchEvery)
            await TouchAsync(found.Caller.Token, now, cancellationToken);
        return found;
    }

    private static FoundToken Read(NpgsqlDataReader row, TokenKind kind, string? slug)
    {
        var caller = new Caller(
            row.GetFieldValue<Guid>("user_id"),
            row.GetFieldValue<Guid>("id"),
            kind,
            row.IsDBNull("org_id") ? null : row.GetFieldValue<Guid>("org_id"),
            row.GetFieldValue<string[]>("scopes"),
            row.GetBoolean("is_operator")
        );
        if (slug is null || row.IsDBNull("member_of"))
            return new(caller, null);
        var org = row.GetFieldValue<Guid>("member_of");
        return new(caller, caller.MayEnter(org) ? new(slug, org, Enum.Parse<Role>(row.GetString("role"), true)) : null);
    }

    private async Task TouchAsync(Guid token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = contexts.CommandForNobody("SELECT touch_token($1, $2)");
        command.Parameters.Add(new() { Value = token });
        command.Parameters.Add(new() { Value = now });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DateTimeOffset? Time(NpgsqlDataReader row, string column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
