using System.Collections.Concurrent;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Infrastructure.Live;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>
/// How far the edits of pictures are that are running now, in any process. An edit is one transaction, so nobody else can read its rows:
/// its progress comes as notifications.
/// </summary>
internal sealed class EditProgress
{
    /// <summary>The process that edits was killed: its last notification is not true any more.</summary>
    private static readonly TimeSpan TrueFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, (ImageEditProgressResponse Progress, DateTimeOffset At)> _edits = new();
    private readonly TimeProvider _clock;

    public EditProgress(LiveListener listener, TimeProvider clock)
    {
        _clock = clock;
        listener.Changed += OnChanged;
    }

    public ImageEditProgressResponse Of(Guid dataset) =>
        _edits.TryGetValue(dataset, out var edit) && IsTrue(edit.At) ? edit.Progress : new(0, 0);

    private void OnChanged(LiveChange change)
    {
        if (change.Kind != LiveChange.EditKind)
            return;
        foreach (var (dataset, edit) in _edits)
            if (!IsTrue(edit.At))
                _edits.TryRemove(dataset, out _);
        if (change.Total == 0)
            _edits.TryRemove(change.Subject, out _);
        else
            _edits[change.Subject] = (new(change.Done, change.Total), _clock.GetUtcNow());
    }

    private bool IsTrue(DateTimeOffset at) => _clock.GetUtcNow() - at < TrueFor;
}
