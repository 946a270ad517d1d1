using System.Collections.Concurrent;

namespace GpuGeek.Inference;

/// <summary>
/// Maps keys to models. A new version is loaded and warmed up next to the old one, then replaces it in one step; the old one completes
/// its requests and is disposed. A version that cannot be loaded changes nothing.
/// </summary>
public sealed class ModelHost : IAsyncDisposable
{
    private sealed class Entry(ServedModel model)
    {
        public ServedModel Model { get; } = model;
        public int Users = 1;
    }

    private readonly ConcurrentDictionary<string, Entry> _models = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public IEnumerable<(string Key, string OnnxHash)> Loaded => _models.Select(m => (m.Key, m.Value.Model.Manifest.OnnxHash));

    public async Task ReplaceAsync(string key, ServedModel model)
    {
        Entry? old;
        lock (_gate)
        {
            _models.TryGetValue(key, out old);
            _models[key] = new(model);
        }
        if (old is not null)
            await ReleaseAsync(old);
    }

    public async Task<bool> RemoveAsync(string key)
    {
        Entry? old;
        lock (_gate)
            _models.TryRemove(key, out old);
        if (old is null)
            return false;
        await ReleaseAsync(old);
        return true;
    }

    /// <summary>Runs with the current model, which stays loaded until the work is done.</summary>
    /// <returns>False if there is none.</returns>
    public async Task<bool> UseAsync(string key, Func<ServedModel, Task> work)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_models.TryGetValue(key, out entry))
                return false;
            entry.Users++;
        }
        try
        {
            await work(entry.Model);
            return true;
        }
        finally
        {
            await ReleaseAsync(entry);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var key in _models.Keys)
            await RemoveAsync(key);
    }

    private async Task ReleaseAsync(Entry entry)
    {
        bool last;
        lock (_gate)
            last = --entry.Users == 0;
        if (last)
            await entry.Model.DisposeAsync();
    }
}
