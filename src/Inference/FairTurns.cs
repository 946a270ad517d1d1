namespace GpuGeek.Inference;

/// <summary>
/// Shares the processors between organisations by deficit round robin (Shreedhar and Varghese 1995): each organisation in turn may use
/// processor time up to a quantum, and what it used beyond that is subtracted from its next turns. The cost of work is known only when it
/// ends, so an organisation pays its average cost in advance and the difference afterwards. Thread-safe.
/// </summary>
/// <param name="slots">Work that may run at the same time, in processors.</param>
/// <param name="clock">Tells how long ago another organisation was served; null: the system's clock.</param>
public sealed class FairTurns(int slots, TimeProvider? clock = null)
{
    /// <summary>About one picture of a small network: another organisation waits no longer than that for its turn.</summary>
    public static readonly TimeSpan Quantum = TimeSpan.FromMilliseconds(10);

    /// <summary>An organisation that sends one picture after the other is often not waiting, but still shares the machine.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(0.1);

    private sealed class Party(string organisation)
    {
        public string Organisation { get; } = organisation;
        public LinkedList<Waiter> Waiting { get; } = new();
        public int Running;
        public TimeSpan Balance;
        public TimeSpan Expected = Quantum;
    }

    private sealed record Waiter(int Slots, TaskCompletionSource<Turn> Granted);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Dictionary<string, Party> _parties = new(StringComparer.Ordinal);
    private readonly LinkedList<Party> _ring = new();
    private int _free = slots;
    private (string Organisation, long At)? _last;
    private long? _beforeLast;

    public int Slots { get; } = slots;

    /// <summary>Waits until it is the organisation's turn and the slots are free. The caller must end the turn.</summary>
    /// <param name="width">Slots that the work occupies; more than there are counts as all.</param>
    public Task<Turn> EnterAsync(string organisation, int width, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(Math.Min(width, Slots), new(TaskCreationOptions.RunContinuationsAsynchronously));
        LinkedListNode<Waiter> place;
        lock (_gate)
        {
            Notice(organisation);
            if (!_parties.TryGetValue(organisation, out var party))
                _parties[organisation] = party = new(organisation);
            if (party.Waiting.Count == 0)
                _ring.AddLast(party);
            place = party.Waiting.AddLast(waiter);
            Grant();
        }
        var granted = waiter.Granted.Task;
        if (!granted.IsCompleted && cancellationToken.CanBeCanceled)
        {
            var canceled = cancellationToken.UnsafeRegister(_ => GiveUp(organisation, place, cancellationToken), null);
            _ = granted.ContinueWith(_ => canceled.Dispose(), TaskScheduler.Default);
        }
        return granted;
    }

    /// <summary>Another organisation waits or has sent work in the last second: long work would delay it.</summary>
    public bool IsShared(string organisation)
    {
        lock (_gate)
        {
            var other = _last is { } last && last.Organisation != organisation ? last.At : _beforeLast;
            return (other is { } at && _clock.GetElapsedTime(at) < Recent) || _ring.Any(party => party.Organisation != organisation);
        }
    }

    private void Notice(string organisation)
    {
        if (_last is { } last && last.Organisation != organisation)
            _beforeLast = last.At;
        _last = (organisation, _clock.GetTimestamp());
    }

    private void End(Party party, int width, TimeSpan paid, TimeSpan cost)
    {
        lock (_gate)
        {
            _free += width;
            party.Running--;
            // What was paid in advance and not used is no credit for a burst.
            party.Balance = TimeSpan.FromTicks(Math.Min((party.Balance + paid - cost).Ticks, Quantum.Ticks));
            party.Expected += (cost - party.Expected) / 4;
            // Work that costs nothing, such as a refused picture, must not be free: it would keep its organisation at the head.
            if (party.Expected < Least)
                party.Expected = Least;
            Forget(party);
            Grant();
        }
    }

    private void GiveUp(string organisation, LinkedListNode<Waiter> place, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (place.List is null)
                return;
            var party = _parties[organisation];
            party.Waiting.Remove(place);
            if (party.Waiting.Count == 0)
                _ring.Remove(party);
            Forget(party);
            Grant();
        }
        place.Value.Granted.TrySetCanceled(cancellationToken);
    }

    private void Grant()
    {
        while (_ring.First is { } first)
        {
            var party = first.Value;
            if (party.Balance <= TimeSpan.Zero)
            {
                _ring.RemoveFirst();
                _ring.AddLast(first);
                party.Balance += Quantum;
                continue;
            }
            var waiter = party.Waiting.First!.Value;
            // Wide work waits at the head until enough is free: narrow work of others would otherwise pass it for ever.
            if (waiter.Slots > _free)
                return;
            party.Waiting.RemoveFirst();
            if (party.Waiting.Count == 0)
                _ring.RemoveFirst();
            _free -= waiter.Slots;
            party.Running++;
            party.Balance -= party.Expected;
            var paid = party.Expected;
            waiter.Granted.SetResult(new(waiter.Slots, cost => End(party, waiter.Slots, paid, cost)));
        }
    }

    // Idle time earns nothing, and a debt is forgotten with the organisation's last work.
    private void Forget(Party party)
    {
        if (party.Running == 0 && party.Waiting.Count == 0)
            _parties.Remove(party.Organisation);
    }
}
