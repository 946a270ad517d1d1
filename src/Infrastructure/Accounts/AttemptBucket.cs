namespace GpuGeek.Infrastructure.Accounts;

/// <summary>Attempts at a password or code within a time window. Only the database function <c>count_attempts</c> writes it.</summary>
public sealed class AttemptBucket
{
    /// <summary>Keyed hash of the counted unit: the table alone reveals no account and no address.</summary>
    public required byte[] Key { get; init; }
    public required int Count { get; init; }

    /// <summary>The count is reset then.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>True for an account that exists. The number of other buckets is limited.</summary>
    public required bool IsKnown { get; init; }
}
