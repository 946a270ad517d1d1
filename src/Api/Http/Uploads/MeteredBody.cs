using GpuGeek.Infrastructure.Storage;

namespace GpuGeek.Api.Http.Uploads;

/// <summary>
/// A body that is read only as far as there is space: a body without a length, or with a wrong one, cannot exceed the allowed size.
/// </summary>
/// <param name="room">Bytes that are allowed from the start.</param>
/// <param name="makeRoom">Called when more bytes arrive, with the number so far. Returns the new maximum, or throws.</param>
/// <param name="touch">Called from time to time while bytes arrive, and once at the end, before the object is created. May throw.</param>
internal sealed class MeteredBody(
    Stream body,
    long room,
    Func<long, CancellationToken, Task<long>> makeRoom,
    Func<CancellationToken, Task> touch,
    TimeProvider clock
) : BodyStream
{
    private static readonly TimeSpan TouchEvery = TimeSpan.FromSeconds(5);

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
