using GpuGeek.Domain.Common;
using GpuGeek.Infrastructure.Live;

namespace GpuGeek.Api.Http;

/// <summary><c>?wait=30</c>: responds when the condition holds, or with the current state when the time is over.</summary>
internal sealed class LongPoll(LiveListener listener, IHttpContextAccessor http, TimeProvider clock)
{
    public const int MaxSeconds = 60;
    private static readonly TimeSpan LookAtLeastEvery = TimeSpan.FromSeconds(1);

    /// <param name="read">Reads the current state; null if it was deleted.</param>
    public async Task<T?> UntilAsync<T>(
        int? wait,
        Guid subject,
        Func<CancellationToken, Task<T?>> read,
        Func<T, bool> done,
        CancellationToken cancellationToken
    )
        where T : class
    {
        if (wait is < 0 or > MaxSeconds)
            throw new DomainException("invalid_wait", $"'wait' must be 0 to {MaxSeconds} seconds.");
        var value = await read(cancellationToken);
        // HEAD asks for the current state and never waits.
        if (wait is null or 0 || HttpMethods.IsHead(http.HttpContext!.Request.Method))
            return value;
        var end = clock.GetUtcNow().AddSeconds(wait.Value);
        using var changed = new SemaphoreSlim(0);
        void OnChanged(LiveChange change)
        {
            if (change.Subject == subject || change.Kind == LiveChange.DeploymentKind)
                changed.Release();
        }
        listener.Changed += OnChanged;
        try
        {
            while (value is not null && !done(value) && clock.GetUtcNow() < end)
            {
                await changed.WaitAsync(LookAtLeastEvery, cancellationToken);
                value = await read(cancellationToken);
            }
            return value;
        }
        finally
        {
            listener.Changed -= OnChanged;
        }
    }
}
