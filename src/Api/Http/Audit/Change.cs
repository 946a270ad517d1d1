namespace GpuGeek.Api.Http.Audit;

/// <summary>The change that a request makes to an organisation. Handlers use it to influence the audit entry and to register
/// notifications.</summary>
internal sealed partial class Change(ILogger<Change> logger)
{
    private readonly List<Func<Task>> _afterCommit = [];

    /// <summary>The request was accepted but changed nothing: no entry is written.</summary>
    public bool IsNone { get; private set; }

    public void NoChange() => IsNone = true;

    /// <summary>Details for the entry besides the request body, for data that is deleted by the change.</summary>
    public object? Detail { get; private set; }

    public void Describe(object detail) => Detail = detail;

    /// <summary>Notifications are sent after the commit: a receiver would not find the rows earlier.</summary>
    public void AfterCommit(Func<Task> hint) => _afterCommit.Add(hint);

    public void AfterCommit(Action hint) =>
        _afterCommit.Add(() =>
        {
            hint();
            return Task.CompletedTask;
        });

    /// <summary>Sends the notifications. The change is committed and its response stands, even if a notification fails: a periodic check
    /// or a poll finds what was missed.</summary>
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

    [LoggerMessage(LogLevel.Warning, "Notification after the commit failed; the change is saved and a periodic check will find it")]
    private partial void LogHintFailed(Exception failure);
}
