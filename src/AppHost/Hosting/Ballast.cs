using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.AppHost.Hosting;

/// <summary>
/// A file that takes disk space for the database to use in need: it is deleted when less than its own size is free, and made again when
/// there is plenty.
/// PostgreSQL stops when it cannot write its log, and everything with it.
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

    /// <summary>The operator's size, or 256 MiB; 0: none.</summary>
    public static long Size() => ByteSetting.Read(Variable, UsualBytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        _stop.Dispose();
    }

    /// <summary>Deletes or makes the file as the free space asks for.</summary>
    internal void Adjust()
    {
        try
        {
            var free = new DriveInfo(Path.GetDirectoryName(_path)!).AvailableFreeSpace;
            var there = File.Exists(_path);
            if (there && (free < _bytes || _bytes == 0))
                File.Delete(_path);
            // Well above the limit of deleting, so that the two do not take turns.
            else if (!there && _bytes > 0 && free > 3 * _bytes)
                Make();
        }
        catch (IOException)
        {
            // Looked at again in a second.
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
