using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Worker.Lanes;

/// <summary>
/// A supervisor survives an outage of its database: a write is retried until it succeeds, the lease is lost or the worker stops. This is
/// safe because every write here can be repeated.
/// </summary>
internal static class DatabaseRetry
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task<T> RunAsync<T>(Func<Task<T>> action, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await action();
            }
            catch (Exception failure) when (DatabaseOutage.IsAway(failure) && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    public static Task RunAsync(Func<Task> action, TimeProvider clock, CancellationToken cancellationToken) =>
        RunAsync(
            async () =>
            {
                await action();
                return true;
            },
            clock,
            cancellationToken
        );
}
