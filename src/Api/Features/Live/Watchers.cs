using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace GpuGeek.Api.Features.Live;

/// <summary>One watch: one connection and one subject. It has its own cursor, so the next update starts after the last one
/// sent.</summary>
internal sealed class Watch(HubCallerContext connection, IClientProxy client, Guid org, string slug, Guid subject, bool isRun, long after)
{
    private static readonly TimeSpan LookAtLeastEvery = TimeSpan.FromSeconds(2);

    public HubCallerContext Connection { get; } = connection;
    public IClientProxy Client { get; } = client;
    public Guid Org { get; } = org;
    public string Slug { get; } = slug;
    public Guid Subject { get; } = subject;
    public bool IsRun { get; } = isRun;
    public long After { get; set; } = after;

    /// <summary>JSON of the last state sent, to skip equal states.</summary>
    public string? LastState { get; set; }
    public bool Dirty { get; set; } = true;
    public DateTimeOffset LookedAt { get; set; }

    /// <summary>1 while a read is in progress: a slow client never has two.</summary>
    public int Busy;

    public bool IsDue(DateTimeOffset now) => Dirty || now - LookedAt >= LookAtLeastEvery;
}

/// <summary>All current watches.</summary>
internal sealed class Watchers
{
    private const int MaxPerConnection = 20;
    private readonly ConcurrentDictionary<(string Connection, Guid Subject), Watch> _watches = new();

    public IEnumerable<Watch> All => _watches.Values;

    public bool Add(Watch watch)
    {
        if (_watches.Keys.Count(key => key.Connection == watch.Connection.ConnectionId) >= MaxPerConnection)
            return false;
        _watches[(watch.Connection.ConnectionId, watch.Subject)] = watch;
        return true;
    }

    public void Remove(string connection, Guid subject) => _watches.TryRemove((connection, subject), out _);

    public void Remove(string connection)
    {
        foreach (var key in _watches.Keys.Where(key => key.Connection == connection))
            _watches.TryRemove(key, out _);
    }

    public void Touch(Guid subject)
    {
        foreach (var watch in _watches.Values.Where(w => w.Subject == subject))
            watch.Dirty = true;
    }

    public void TouchAll()
    {
        foreach (var watch in _watches.Values)
            watch.Dirty = true;
    }
}
