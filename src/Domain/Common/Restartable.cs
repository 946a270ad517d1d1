namespace GpuGeek.Domain.Common;

/// <summary>
/// How often work that a child process of a worker does has broken off. Deaths of the child and expired leases of the worker are counted
/// apart: only the child's deaths
/// say something about the work itself. Work that is handed back, because its worker was asked to stop, counts for nothing.
/// </summary>
public abstract class Restartable
{
    /// <summary>The work is given up after so many expired leases: then it may be the work that takes the worker down each time.</summary>
    public const int MaxLapses = 100;

    /// <summary>What is needed to try again is kept for so long after the failure.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    /// <summary>Times the child process died since the work last made progress that is kept.</summary>
    public int Deaths { get; private set; }

    /// <summary>Times the worker broke off since then: it died, lost its database, its disk or its store.</summary>
    public int Lapses { get; private set; }

    /// <summary>Until when the work can be tried again although it has failed; null: it cannot.</summary>
    public DateTimeOffset? RetryUntil { get; private set; }

    /// <returns>Whether that was one death too many.</returns>
    public bool CountDeath(int most) => ++Deaths >= most;

    /// <returns>Whether that was one expired lease too many.</returns>
    public bool CountLapse() => ++Lapses >= MaxLapses;

    /// <summary>Progress was kept, or the work begins again: what was before counts no longer.</summary>
    public void Clear()
    {
        Deaths = 0;
        Lapses = 0;
        RetryUntil = null;
    }

    /// <summary>The work failed by breaking off too often, and what it needs to be tried again is kept.</summary>
    public void Keep(DateTimeOffset now) => RetryUntil = now + KeptFor;

    /// <summary>What was kept is deleted.</summary>
    public void Forget() => RetryUntil = null;

    /// <summary>What another copy of the row has counted.</summary>
    public void CountAs(Restartable other)
    {
        Deaths = other.Deaths;
        Lapses = other.Lapses;
        RetryUntil = other.RetryUntil;
    }

    public bool MayRetry(DateTimeOffset now) => RetryUntil > now;
}
