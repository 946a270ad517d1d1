using System.Buffers;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>Gives a stream of unknown length a length. The SDK would read it in pieces of half a gigabyte, each in memory.</summary>
internal sealed class S3Spool(string folder, DiskSpace disk)
{
    private const int MemoryBytes = 1 << 20;

    /// <returns>All bytes of the stream, seekable: in memory if they are few, else in a file without a name, which disappears with this
    /// process.</returns>
    /// <exception cref="DiskFullException"/>
    public async Task<Stream> TakeAsync(Stream content, CancellationToken cancellationToken)
    {
        var head = ArrayPool<byte>.Shared.Rent(MemoryBytes);
        try
        {
            var read = await content.ReadAtLeastAsync(head.AsMemory(0, MemoryBytes), MemoryBytes, false, cancellationToken);
            return read < MemoryBytes
                ? new MemoryStream(head.AsSpan(0, read).ToArray())
                : await ToFileAsync(head.AsMemory(0, read), content, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(head);
        }
    }

    private async Task<Stream> ToFileAsync(ReadOnlyMemory<byte> head, Stream content, CancellationToken cancellationToken)
    {
        disk.Demand(Directory.CreateDirectory(folder).FullName);
        var file = new FileStream(
            Path.Combine(folder, "gpugeek-" + Path.GetRandomFileName()),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Delete,
                Options = FileOptions.Asynchronous,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        try
        {
            File.Delete(file.Name);
            await file.WriteAsync(head, cancellationToken);
            await disk.CopyAsync(content, file, cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
