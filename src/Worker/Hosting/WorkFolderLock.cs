namespace GpuGeek.Worker.Hosting;

/// <summary>Allows one worker per work folder: two would write into one run's directory. The kernel releases the lock however the process
/// ends.</summary>
internal sealed class WorkFolderLock : IDisposable
{
    private readonly FileStream _file;

    private WorkFolderLock(FileStream file) => _file = file;

    /// <summary>Waits a moment for a previous worker that is just exiting.</summary>
    /// <exception cref="IOException">Another worker uses the folder.</exception>
    public static async Task<WorkFolderLock> TakeAsync(
        string folder,
        TimeSpan patience,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(folder);
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new(new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (clock.GetElapsedTime(started) < patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), clock, cancellationToken);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
