using System.ComponentModel.DataAnnotations;
using GpuGeek.Domain.Models;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>Set by <c>GPUGEEK_RESERVE_BYTES</c>.</summary>
public sealed class DiskSpaceOptions
{
    /// <summary>Bytes that the platform leaves free for the database; null: 2 GiB or two checkpoints, whichever is larger.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "GPUGEEK_RESERVE_BYTES must be a number of bytes, at least 0.")]
    public long? ReserveBytes { get; set; }
}

/// <summary>
/// Computes how many bytes the platform may still write. The last bytes of a file system are reserved for the database: PostgreSQL stops
/// if it cannot write its log. Everything that writes much asks this class and not the file system.
/// </summary>
public sealed class DiskSpace(IOptions<DiskSpaceOptions> options)
{
    private const long UsualReserve = 2L << 30;
    private const int BufferBytes = 1 << 17;

    /// <summary>Bytes between two checks of the free space.</summary>
    private const long AskEvery = 8 << 20;

    private long _checkpoint;

    public long Reserve => options.Value.ReserveBytes ?? Math.Max(UsualReserve, 2 * Interlocked.Read(ref _checkpoint));

    /// <summary>Sets the size of the largest checkpoint of queued and active runs; the reserve holds two of it.</summary>
    public void Expect(long checkpointBytes) => Interlocked.Exchange(ref _checkpoint, checkpointBytes);

    /// <summary>Bytes that may still be written to the file system of a folder: free bytes minus the reserve, at least 0.</summary>
    public long Available(string folder) => Math.Max(0, new DriveInfo(folder).AvailableFreeSpace - Reserve);

    /// <summary>Bytes that must be freed before anything may be written again; 0 or less while there is space.</summary>
    public long Missing(string folder) => Reserve - new DriveInfo(folder).AvailableFreeSpace + 1;

    /// <summary>The reserve is reached: nothing large may be written until somebody frees space.</summary>
    public bool IsShort(string folder) => Available(folder) == 0;

    /// <exception cref="DiskFullException">The reserve is reached.</exception>
    public void Demand(string folder)
    {
        if (IsShort(folder))
            throw new DiskFullException(folder);
    }

    /// <summary>Copies a stream to a file as long as there is space. An announced length is checked before; many streams come without
    /// one, and several writers share the space.</summary>
    /// <exception cref="DiskFullException">The reserve is reached.</exception>
    public async Task CopyAsync(Stream from, FileStream to, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(to.Name)!;
        var buffer = new byte[BufferBytes];
        var unasked = AskEvery;
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if ((unasked += read) >= AskEvery)
            {
                Demand(folder);
                unasked = 0;
            }
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    /// <summary>Whether an exception means that a disk or a quota is full.</summary>
    public static bool IsFull(Exception failure) =>
        failure is DiskFullException or IOException { HResult: NoSpace or OverQuota or WindowsDiskFull }
        || (failure.InnerException is { } inner && IsFull(inner));

    /// <summary>Bytes of one checkpoint: the network, the best network so far, and two moments of each parameter.</summary>
    public static long CheckpointBytes(string architecture) =>
        ModelCatalog.All.TryGetValue(architecture, out var card) ? card.Parameters * 4 * sizeof(float) : 0;

    /// <summary>Maximum bytes that a run writes, not counting its pictures: two checkpoints, a third while it is being written, and the
    /// result.</summary>
    public static long RunBytes(string architecture) => 4 * CheckpointBytes(architecture);

    // The value of HResult in .NET: the error number on Linux (ENOSPC, EDQUOT).
    private const int NoSpace = 28,
        OverQuota = 122,
        WindowsDiskFull = unchecked((int)0x80070070);
}

/// <summary>A write was refused because it would have used the reserve.</summary>
public sealed class DiskFullException(string folder)
    : IOException($"The disk of {folder} is full up to the reserve for the database. Free disk space.");
