using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Datasets;
using GpuGeek.Infrastructure.Embeddings;
using GpuGeek.Infrastructure.Jobs;
using GpuGeek.Worker.Storage;
using GpuGeek.Worker.Webhooks;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Recurring;

internal sealed class RecurringWork(
    Expiry expiry,
    Purge purge,
    Janitor janitor,
    DeliveryClaims deliveries,
    JobClaims jobs,
    EmbeddingStore embeddings,
    DatasetCounts counts,
    IOptions<JanitorOptions> options
) : IRecurringWork
{
    public Task ExpireAsync(CancellationToken cancellationToken) => expiry.RunAsync(cancellationToken);

    public Task PurgeAsync(CancellationToken cancellationToken) => purge.RunAsync(cancellationToken);

    public Task DeleteUnreferencedAsync(CancellationToken cancellationToken) => janitor.RunAsync(cancellationToken);

    public Task EvictEmbeddingsAsync(CancellationToken cancellationToken) =>
        embeddings.EvictAsync(options.Value.EmbeddingBytes, cancellationToken);

    public Task DeleteOldJobsAsync(CancellationToken cancellationToken) => jobs.DeleteOldAsync(cancellationToken);

    public Task FoldCountsAsync(CancellationToken cancellationToken) => counts.FoldAsync(cancellationToken);

    public async Task DeleteOldDeliveriesAsync(CancellationToken cancellationToken)
    {
        while (await deliveries.CleanAsync(cancellationToken) > 0)
        {
            // A bounded number at a time.
        }
    }
}
