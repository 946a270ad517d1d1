namespace GpuGeek.Domain.Common;

/// <summary>
/// Counts how often work in a child process of a worker was interrupted. Deaths of the child and expired leases of the worker are counted
/// separately: only deaths of the child say something about the work itself. Work that is handed back, because its worker was told to
/// stop, does not count.
/// </summary>
public abstract class Restartable
{
    /// <summary>Limit of expired leases, after which the work fails: it may be the work that crashes the worker each time.</summary>
    public const int MaxLapses = 100;

    /// <summary>What a retry needs is kept for this long after the failure.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    /// <summary>Number of deaths of the child process since the last saved progress.</summary>
    public int Deaths { get; private set; }

    /// <summary>Number of interruptions of the worker since then: it died, or lost its database, its disk or its store.</summary>
    public int Lapses { get; private set; }

    /// <summary>A failed item can be retried until then; null: it cannot.</summary>
    public DateTimeOffset? RetryUntil { get; private set; }

    /// <returns>Whether that exceeded the limit of deaths.</returns>
    public bool CountDeath(int most) => ++Deaths >= most;

    /// <returns>Whether that exceeded the limit of expired leases.</returns>
    public bool CountLapse() => ++Lapses >= MaxLapses;

    /// <summary>Progress was saved, or the work starts again: the counters are reset.</summary>
    public void Clear()
    {
        Deaths = 0;
        Lapses = 0;
        RetryUntil = null;
    }

    /// <summary>The work failed because of too many interruptions, and what a retry needs is kept.</summary>
    public void Keep(DateTimeOffset now) => RetryUntil = now + KeptFor;

    /// <summary>The kept data are deleted.</summary>
    public void Forget() => RetryUntil = null;

    /// <summary>Copies the counters from another copy of the row.</summary>
    public void CountAs(Restartable other)
    {
        Deaths = other.Deaths;
        Lapses = other.Lapses;
        RetryUntil = other.RetryUntil;
    }

    public bool MayRetry(DateTimeOffset now) => RetryUntil > now;
}
