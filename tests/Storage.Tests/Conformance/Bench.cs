using System.Security.Cryptography;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Storage.Tests.Conformance;

/// <summary>One store under test.</summary>
public sealed class Bench(
    IObjectStore store,
    Func<TimeProvider, IObjectUrls> urls,
    Func<string, byte[], Task> plant,
    Dictionary<string, string> variables,
    IAsyncDisposable owner
) : IAsyncDisposable
{
    public IObjectStore Store { get; } = store;
    public Guid Org { get; } = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    /// <summary>What another process opens the same store by.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; } = variables;

    /// <summary>A key of this test alone.</summary>
    public string Key(string name) => ObjectKeys.Organisation(Org) + name;

    public IObjectUrls Urls(TimeProvider? clock = null) => urls(clock ?? TimeProvider.System);

    /// <summary>Puts bytes into the store behind its back.</summary>
    public Task PlantAsync(string key, byte[] bytes) => plant(key, bytes);

    public async Task<byte[]> ReadAsync(string key)
    {
        await using var stream = await Store.OpenReadAsync(key, Cancel);
        return await AllAsync(stream);
    }

    public async Task<byte[]> ReadAsync(string key, long offset, long length)
    {
        await using var stream = await Store.OpenReadAsync(key, offset, length, Cancel);
        return await AllAsync(stream);
    }

    public async Task<List<string>> ListAsync(string prefix) => await Store.ListAsync(prefix, Cancel).ToListAsync(Cancel);

    public ValueTask DisposeAsync() => owner.DisposeAsync();

    public static async Task<byte[]> AllAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Cancel);
        return all.ToArray();
    }

    public static byte[] Bytes(int count, int seed = 7)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
