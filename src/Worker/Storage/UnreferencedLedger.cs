using System.Globalization;
using System.Text;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Worker.Storage;

/// <summary>
/// Records since when each object is unreferenced. The object's own age would not be enough: a picture of last year whose dataset was
/// deleted today is still referenced by last night's backup. The record is kept in the store itself, so that it outlives workers; if it
/// were lost, everything would wait for one more grace period.
/// </summary>
internal sealed class UnreferencedLedger(IObjectStore store)
{
    public const string Key = "janitor/unreferenced.tsv";

    /// <returns>Key → time when it was first seen without any reference.</returns>
    public async Task<Dictionary<string, DateTimeOffset>> ReadAsync(CancellationToken cancellationToken)
    {
        var since = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        if (await store.SizeAsync(Key, cancellationToken) is null)
            return since;
        await using var stream = await store.OpenReadAsync(Key, cancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            // A line that cannot be read is a key whose time starts again.
            if (
                line.Split('\t', 2) is [var seconds, var key]
                && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var second)
            )
                since[key] = DateTimeOffset.FromUnixTimeSeconds(second);
        return since;
    }

    public async Task WriteAsync(IReadOnlyDictionary<string, DateTimeOffset> since, CancellationToken cancellationToken)
    {
        if (since.Count == 0)
        {
            await store.DeleteAsync(Key, cancellationToken);
            return;
        }
        var text = new StringBuilder();
        // Keys contain no control characters.
        foreach (var (key, moment) in since)
            text.Append(CultureInfo.InvariantCulture, $"{moment.ToUnixTimeSeconds()}\t{key}\n");
        await store.PutAsync(Key, new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())), cancellationToken);
    }
}
