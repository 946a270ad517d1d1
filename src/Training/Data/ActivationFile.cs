using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using GpuGeek.Training.Checkpoints;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Training.Data;

/// <summary>
/// What a network's first layers put out for each training picture, in a file: one record a picture, each with a checksum, so that what a
/// lost machine left half written is computed again. Written by calls, which report a full disk, and read through a mapping, which the
/// system keeps in memory as long as there is room.
/// </summary>
/// <param name="path">Of this training alone.</param>
/// <param name="count">Pictures.</param>
/// <param name="shape">Of one picture's values.</param>
internal sealed class ActivationFile(string path, int count, long[] shape) : IDisposable
{
    private const int HeaderBytes = 8;
    private readonly SafeFileHandle _file = Open(path);
    private readonly int _length = (int)shape.Aggregate(1L, (a, b) => a * b);
    private MemoryMappedFile? _mapping;
    private MemoryMappedViewAccessor? _view;

    public long[] Shape => shape;
    public long RecordBytes => HeaderBytes + (long)_length * sizeof(float);

    /// <summary>Pictures whose record is absent or damaged.</summary>
    public IReadOnlyList<int> Missing() => [.. Enumerable.Range(0, count).Where(i => !IsWhole(i))];

    /// <param name="room">Waits where the disk is full.</param>
    public void Write(int picture, ReadOnlySpan<float> values, DiskRoom room)
    {
        var record = new byte[RecordBytes];
        MemoryMarshal.AsBytes(values).CopyTo(record.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record, Checksum(record));
        _ = room.Write(
            "what the frozen layers put out",
            record.Length,
            () =>
            {
                RandomAccess.Write(_file, record, picture * RecordBytes);
                return true;
            }
        );
    }

    /// <summary>Reads one picture's values; only after all have been written.</summary>
    public void Read(int picture, Span<float> values)
    {
        _mapping ??= MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view ??= _mapping.CreateViewAccessor(0, count * RecordBytes, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(picture * RecordBytes + HeaderBytes), values);
    }

    public void Dispose()
    {
        _view?.Dispose();
        _mapping?.Dispose();
        _file.Dispose();
    }

    private static SafeFileHandle Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    private bool IsWhole(int picture)
    {
        var record = new byte[RecordBytes];
        return RandomAccess.Read(_file, record, picture * RecordBytes) == record.Length
            && Checksum(record) == BinaryPrimitives.ReadUInt32LittleEndian(record);
    }

    private static uint Checksum(ReadOnlySpan<byte> record) => Checksums.Of(record[HeaderBytes..]);
}
