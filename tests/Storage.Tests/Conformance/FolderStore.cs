using GpuGeek.Api.Features.Storage;
using GpuGeek.Api.Http;
using GpuGeek.Infrastructure.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Storage.Tests.Conformance;

public sealed class AFolderIsAStore : StoreConformance
{
    private FolderBench? _folder;

    protected override async Task<Bench> OpenAsync() => (_folder = await FolderBench.StartAsync()).Bench;

    protected override Task<int> AbandonedAsync() => Task.FromResult(Directory.GetFiles(Path.Combine(_folder!.Folder, "tmp")).Length);

    protected override int Begun(bool announced) => 1;
}

/// <summary>A folder and Api's route that serves it.</summary>
internal sealed class FolderBench : IAsyncDisposable
{
    private readonly WebApplication _api;

    private FolderBench(WebApplication api, string folder)
    {
        (_api, Folder) = (api, folder);
        Store = api.Services.GetRequiredService<FolderObjectStore>();
        Bench = new(Store, UrlsAt, PlantAsync, new() { ["GPUGEEK_OBJECTS"] = Folder }, this);
    }

    public string Folder { get; }
    public FolderObjectStore Store { get; }
    public Bench Bench { get; }

    public static async Task<FolderBench> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("gpugeek-store-test-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["GPUGEEK_OBJECTS"] = Path.Combine(folder, "objects");
        builder.Configuration["GPUGEEK_KEYS"] = Path.Combine(folder, "keys");
        builder
            .Services.AddSingleton(TimeProvider.System)
            .AddObjectStore(builder.Configuration)
            .AddObjectUrls(builder.Configuration)
            .AddProblems();
        var api = builder.Build();
        api.UseExceptionHandler();
        api.MapObjectUrls();
        await api.StartAsync();
        return new(api, Path.Combine(folder, "objects"));
    }

    private FolderObjectUrls UrlsAt(TimeProvider clock) =>
        new(
            Options.Create(
                new ObjectUrlOptions { Keys = Path.Combine(Path.GetDirectoryName(Folder)!, "keys"), PublicUrl = _api.Urls.Single() }
            ),
            clock
        );

    private Task PlantAsync(string key, byte[] bytes)
    {
        var path = Path.Combine(Folder, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.WriteAllBytesAsync(path, bytes);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
    }
}
