using System.Runtime.CompilerServices;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Worker.Tests.Storage;

/// <summary>A real store that runs an action at the end of the first list (after the janitor has read the rows, before it deletes) and
/// before each deletion.</summary>
internal sealed class Racing(IObjectStore inner, Func<Task> before, Action? beforeDelete = null) : IObjectStore
{
    public long? FreeBytes => inner.FreeBytes;

    public async IAsyncEnumerable<StoredObject> InspectAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in inner.InspectAsync(prefix, cancellationToken))
            yield return one;
        await before();
    }

    public Task<long> PutAsync(string key, Stream content, long? length, CancellationToken cancellationToken) =>
        inner.PutAsync(key, content, length, cancellationToken);

    public Task PutFileAsync(string key, string path, CancellationToken cancellationToken) =>
        inner.PutFileAsync(key, path, cancellationToken);

    public Task PutFilesAsync(IReadOnlyCollection<LocalFile> files, CancellationToken cancellationToken) =>
        inner.PutFilesAsync(files, cancellationToken);

    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken) => inner.OpenReadAsync(key, cancellationToken);

    public Task<Stream> OpenReadAsync(string key, long offset, long length, CancellationToken cancellationToken) =>
        inner.OpenReadAsync(key, offset, length, cancellationToken);

    public Task DownloadAsync(string key, string path, CancellationToken cancellationToken) =>
        inner.DownloadAsync(key, path, cancellationToken);

    public Task<long?> SizeAsync(string key, CancellationToken cancellationToken) => inner.SizeAsync(key, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        beforeDelete?.Invoke();
        return inner.DeleteAsync(key, cancellationToken);
    }

    public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, cancellationToken);

    public Task<bool> DeleteOlderAsync(string key, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        beforeDelete?.Invoke();
        return inner.DeleteOlderAsync(key, moment, cancellationToken);
    }

    public Task<AbandonedWrites> RemoveAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        inner.RemoveAbandonedAsync(before, cancellationToken);
}
