using System.Text.Json;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Api.Shared;

/// <summary>A model version's predictions of its test pictures.</summary>
internal static class StoredPredictions
{
    /// <param name="hash">Of their file.</param>
    public static async Task<List<TestPrediction>> ReadAsync(IObjectStore store, Guid org, string hash, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(ObjectKeys.Content(org, hash), cancellationToken);
        using var reader = new StreamReader(stream);
        var result = new List<TestPrediction>();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
            result.Add(JsonSerializer.Deserialize<TestPrediction>(line, RunDirectory.Json)!);
        return result;
    }
}
