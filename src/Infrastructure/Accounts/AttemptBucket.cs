namespace GpuGeek.Infrastructure.Accounts;

/// <summary>Attempts at a password or code within a window of time. Only the functions of the database write it
/// (<c>count_attempts</c>).</summary>
public sealed class AttemptBucket
{
    /// <summary>Keyed hash of what is counted: the table alone names no account and no address.</summary>
    public required byte[] Key { get; init; }
    public required int Count { get; init; }

    /// <summary>The count starts again then.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Of an account that exists. The others are bounded in number.</summary>
    public required bool IsKnown { get; init; }
}
