using GpuGeek.Infrastructure.Storage;
using Microsoft.Extensions.Options;

namespace GpuGeek.Storage.Tests.Conformance;

public sealed class AFolderIsAStore : StoreConformance
{
    protected override Task<Bench> OpenAsync() => Task.FromResult(new FolderBench().Bench);
}

internal sealed class FolderBench : IAsyncDisposable
{
    public FolderBench()
    {
        Directory.CreateDirectory(Folder);
        Store = new(Options.Create(new ObjectStoreOptions { Folder = Folder }), TimeProvider.System);
        Bench = new(Store, _ => throw new NotSupportedException("later"), PlantAsync, this);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("gpugeek-store-test-").FullName;
    public FolderObjectStore Store { get; }
    public Bench Bench { get; }

    private Task PlantAsync(string key, byte[] bytes)
    {
        var path = Path.Combine(Folder, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.WriteAllBytesAsync(path, bytes);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
