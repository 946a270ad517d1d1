namespace GpuGeek.Domain.Jobs;

/// <summary>
/// Work of the installation that recurs, as Hangfire stores it: by the names of these methods. One of the workers does it; a round that
/// fails is repeated at its next time, and the operator sees it in the dashboard.
/// </summary>
public interface IRecurringWork
{
    /// <summary>Ends uploads without new bytes, and what was kept for a limited time.</summary>
    Task ExpireAsync(CancellationToken cancellationToken);

    /// <summary>Carries out deletions whose grace period has ended.</summary>
    Task PurgeAsync(CancellationToken cancellationToken);

    /// <summary>Deletes stored objects that nothing has referenced for the whole grace period.</summary>
    Task DeleteUnreferencedAsync(CancellationToken cancellationToken);

    /// <summary>Evicts the least recently used embeddings of organisations that keep too many.</summary>
    Task EvictEmbeddingsAsync(CancellationToken cancellationToken);

    /// <summary>Deletes ended jobs without a row of their own, after 30 days.</summary>
    Task DeleteOldJobsAsync(CancellationToken cancellationToken);

    /// <summary>Adds up the parts of the counts of pictures.</summary>
    Task FoldCountsAsync(CancellationToken cancellationToken);

    /// <summary>Deletes old deliveries of webhooks.</summary>
    Task DeleteOldDeliveriesAsync(CancellationToken cancellationToken);
}
