using GpuGeek.Domain.Deployments;

namespace GpuGeek.Api.Features.Deployments;

/// <summary>The deployments that a reader has to look at: some by their ids, or all. Thread-safe; it begins with all.</summary>
internal sealed class ChangeInbox(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HashSet<Guid> _some = [];
    private bool _all = true;

    public void AddAll()
    {
        lock (_gate)
        {
            _all = true;
            _added.TrySetResult();
        }
    }

    public void Add(IEnumerable<Guid> deployments)
    {
        lock (_gate)
        {
            _some.UnionWith(deployments);
            _added.TrySetResult();
        }
    }

    public void Add(DeploymentChanges changes)
    {
        if (changes.All)
            AddAll();
        else
            Add(changes.Some);
    }

    public DeploymentChanges Take()
    {
        lock (_gate)
        {
            var taken = new DeploymentChanges(_all, _some);
            (_all, _some) = (false, []);
            return taken;
        }
    }

    /// <summary>Waits until something was added since the last wait, or the time is over.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        Task added;
        lock (_gate)
            added = _added.Task;
        await Task.WhenAny(added, Task.Delay(atMost, clock, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            if (_added.Task.IsCompleted)
                _added = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <param name="Some">Ids; without meaning if all changed.</param>
internal sealed record DeploymentChanges(bool All, IReadOnlyCollection<Guid> Some)
{
    /// <param name="key">A <see cref="DeploymentKey"/>.</param>
    public bool Cover(string key) => All || DeploymentKey.Deployment(key) is { } id && Some.Contains(id);

    public bool IsEmpty => !All && Some.Count == 0;
}
