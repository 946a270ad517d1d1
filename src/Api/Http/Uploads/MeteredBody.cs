using GpuGeek.Infrastructure.Storage;

namespace GpuGeek.Api.Http.Uploads;

/// <summary>
/// A body that is read only as far as there is room for it: one without a length, or with a wrong one, cannot outgrow what was allowed.
/// </summary>
/// <param name="room">Bytes that may come without asking.</param>
/// <param name="makeRoom">Asked when more has come: takes the bytes so far and answers how many may come in all, or throws.</param>
/// <param name="touch">Told now and then that bytes come, and once more at their end, before they become an object; may throw.</param>
internal sealed class MeteredBody(
    Stream body,
    long room,
    Func<long, CancellationToken, Task<long>> makeRoom,
    Func<CancellationToken, Task> touch,
    TimeProvider clock
) : BodyStream
{
    private static readonly TimeSpan TouchEvery = TimeSpan.FromSeconds(10);

    private long _room = room;
    private long _read;
    private long _touched = clock.GetTimestamp();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await body.ReadAsync(buffer, cancellationToken);
        _read += count;
        if (_read > _room)
            _room = await makeRoom(_read, cancellationToken);
        if (count == 0 || clock.GetElapsedTime(_touched) >= TouchEvery)
        {
            await touch(cancellationToken);
            _touched = clock.GetTimestamp();
        }
        return count;
    }
}
