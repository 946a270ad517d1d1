namespace GpuGeek.Api.Http.Audit;

/// <summary>The change that a request makes to an organisation, as its handler tells of it.</summary>
internal sealed partial class Change(ILogger<Change> logger)
{
    private readonly List<Func<Task>> _afterCommit = [];

    /// <summary>The request was granted and there was nothing left to do: no entry is written.</summary>
    public bool IsNone { get; private set; }

    public void NoChange() => IsNone = true;

    /// <summary>What the entry says beside the request's body, where that would be gone afterwards.</summary>
    public object? Detail { get; private set; }

    public void Describe(object detail) => Detail = detail;

    /// <summary>Hints go out once the rows are durable; who acts on one earlier would not find them.</summary>
    public void AfterCommit(Func<Task> hint) => _afterCommit.Add(hint);

    public void AfterCommit(Action hint) =>
        _afterCommit.Add(() =>
        {
            hint();
            return Task.CompletedTask;
        });

    /// <summary>Sends the hints. The change is durable and its answer stands, whatever becomes of a hint: a sweep or a poll finds what no
    /// hint told.</summary>
    public async Task RunAfterCommitAsync()
    {
        foreach (var hint in _afterCommit)
        {
            try
            {
                await hint();
            }
            catch (Exception failure)
            {
                LogHintFailed(failure);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "A hint failed after the commit; the change is kept, and sweeps find it")]
    private partial void LogHintFailed(Exception failure);
}
