using GpuGeek.Domain.Jobs;
using GpuGeek.Worker.Storage;
using GpuGeek.Worker.Webhooks;

namespace GpuGeek.Worker.Recurring;

internal sealed class RecurringWork(Expiry expiry, Purge purge, Janitor janitor, DeliveryClaims deliveries) : IRecurringWork
{
    public Task ExpireAsync(CancellationToken cancellationToken) => expiry.RunAsync(cancellationToken);

    public Task PurgeAsync(CancellationToken cancellationToken) => purge.RunAsync(cancellationToken);

    public Task DeleteUnreferencedAsync(CancellationToken cancellationToken) => janitor.RunAsync(cancellationToken);

    public async Task DeleteOldDeliveriesAsync(CancellationToken cancellationToken)
    {
        while (await deliveries.CleanAsync(cancellationToken) > 0)
        {
            // A bounded number at a time.
        }
    }
}
