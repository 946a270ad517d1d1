using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.AppHost.Hosting;

/// <summary>
/// A file that reserves disk space for the database: it is deleted when less than its own size is free, and created again when there is
/// plenty. PostgreSQL stops when it cannot write its log, and everything stops with it.
/// </summary>
internal sealed partial class Ballast : IAsyncDisposable
{
    public const string Variable = "GPUGEEK_BALLAST_BYTES";
    private const long UsualBytes = 256L << 20;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly string _path;
    private readonly long _bytes;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watch;

    public Ballast(string path, long bytes)
    {
        (_path, _bytes) = (path, bytes);
        Adjust();
        _watch = WatchAsync();
    }

    /// <summary>The operator's size, or 256 MiB; 0: no ballast.</summary>
    public static long Size() => ByteSetting.Read(Variable, UsualBytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        _stop.Dispose();
    }

    /// <summary>Deletes or creates the file, depending on the free space.</summary>
    internal void Adjust()
    {
        try
        {
            var free = new DriveInfo(Path.GetDirectoryName(_path)!).AvailableFreeSpace;
            var there = File.Exists(_path);
            if (there && (free < _bytes || _bytes == 0))
                File.Delete(_path);
            // Well above the limit for deleting, so that it is not deleted and created in turns.
            else if (!there && _bytes > 0 && free > 3 * _bytes)
                Make();
        }
        catch (IOException)
        {
            // Checked again in a second.
        }
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(Look, _stop.Token));
            Adjust();
        }
    }

    private void Make()
    {
        // Allocated block by block: a sparse file would free nothing.
        using var file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write);
        if (posix_fallocate(file, 0, _bytes) != 0)
            File.Delete(_path);
    }

    [LibraryImport("libc")]
    private static partial int posix_fallocate(SafeFileHandle file, long offset, long length);
}
