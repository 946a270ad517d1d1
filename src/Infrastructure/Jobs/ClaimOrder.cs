namespace GpuGeek.Infrastructure.Jobs;

/// <summary>
/// The one order in which workers claim, for jobs and for runs. Priority, which no request can set, comes first. Then organisations take
/// turns: the one with the fewest rows at work, then the one whose last turn was longest ago. Inside an organisation age decides. Claims
/// are serialised by a lock, so that two of them count the same rows; it is held for milliseconds.
/// </summary>
internal sealed record ClaimOrder
{
    /// <summary>Key of the advisory lock, one per table.</summary>
    public required long Lock { get; init; }
    public required string Table { get; init; }

    /// <summary>Condition for rows <c>t</c> that can be claimed.</summary>
    public required string Claimable { get; init; }

    /// <summary>Boolean over <c>t</c>: rows for which it holds go before all others.</summary>
    public required string First { get; init; }

    /// <summary>Condition for rows <c>a</c> that are at work.</summary>
    public required string AtWork { get; init; }

    /// <summary>Query for the time of the last turn of <c>best.org_id</c>.</summary>
    public required string LastTurn { get; init; }

    /// <summary>Maximum of rows at work of <c>best.org_id</c>; null: no limit.</summary>
    public string? Limit { get; init; }

    /// <summary>Selects <c>org_id</c> and <c>id</c> of the next row.</summary>
    public string Next =>
        $"""
            SELECT best.org_id, best.id FROM (
              SELECT DISTINCT ON (t.org_id) t.org_id, t.id, t.priority, t.created_at, {First} AS first FROM {Table} t WHERE {Claimable}
              ORDER BY t.org_id, {First} DESC, t.priority DESC, t.created_at, t.id) best
            CROSS JOIN LATERAL (SELECT count(*) AS active FROM {Table} a WHERE a.org_id = best.org_id AND {AtWork}) work
            CROSS JOIN LATERAL ({LastTurn}) turn(last)
            {(Limit is null ? "" : $"WHERE work.active < ({Limit})")}
            ORDER BY best.first DESC, best.priority DESC, work.active, turn.last NULLS FIRST, best.created_at, best.id LIMIT 1
            """;
}
