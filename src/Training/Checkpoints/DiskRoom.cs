using GpuGeek.Training.Common;

namespace GpuGeek.Training.Checkpoints;

/// <summary>
/// Room on the disk of a run directory. The last bytes are a reserve for the database, which lies on the same disk on one machine: what
/// may be left out is left out
/// while they are all that is free, and what may not waits until somebody frees space.
/// </summary>
internal sealed class DiskRoom(string folder, long reserve, CancellationToken stop)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // ENOSPC and EDQUOT: .NET puts the error number here.
    private const int NoSpace = 28,
        OverQuota = 122;

    public bool Has(long bytes) => new DriveInfo(folder).AvailableFreeSpace - reserve >= bytes;

    public static bool IsFull(IOException failure) => failure.HResult is NoSpace or OverQuota;

    /// <summary>Writes when there is room, and again when the disk filled up meanwhile.</summary>
    /// <param name="what">For the log: "the result".</param>
    /// <param name="write">May be called again after it failed.</param>
    /// <exception cref="TrainingStoppedException">Somebody asked the trainer to stop while it waited.</exception>
    public T Write<T>(string what, long bytes, Func<T> write)
    {
        var said = false;
        while (true)
        {
            try
            {
                if (Has(bytes))
                    return write();
            }
            catch (IOException full) when (IsFull(full)) { }
            if (!said)
                Console.WriteLine(
                    $"Warning: the disk is full, so {what} waits to be written. The run goes on by itself when space is freed."
                );
            said = true;
            if (stop.WaitHandle.WaitOne(Look))
                throw new TrainingStoppedException();
        }
    }

    /// <summary>Writes what can be left out.</summary>
    /// <returns>False: the disk is full and nothing was written.</returns>
    public bool TryWrite(long bytes, Action write)
    {
        if (!Has(bytes))
            return false;
        try
        {
            write();
            return true;
        }
        catch (IOException full) when (IsFull(full))
        {
            return false;
        }
    }
}
