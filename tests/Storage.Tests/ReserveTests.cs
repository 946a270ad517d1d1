using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GpuGeek.Storage.Tests;

public sealed class TheReserveOfTheDisk : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-reserve-").FullName;

    [Fact]
    public void Is_taken_off_what_the_store_says_is_free()
    {
        var free = new DriveInfo(_folder).AvailableFreeSpace;
        using var services = Services(free / 2);
        var available = services.GetRequiredService<IObjectStore>().FreeBytes!.Value;
        Assert.InRange(available, free / 4, (free / 2) + (free / 4));
    }

    [Fact]
    public async Task Stops_a_stream_of_unknown_length_and_nothing_of_it_stays()
    {
        using var services = Services(long.MaxValue / 2);
        var store = services.GetRequiredService<IObjectStore>();
        Assert.Equal(0, store.FreeBytes);
        var bytes = new MemoryStream(new byte[100]);
        var full = await Assert.ThrowsAsync<DiskFullException>(() =>
            store.PutAsync("uploads/1", bytes, TestContext.Current.CancellationToken)
        );
        Assert.True(DiskSpace.IsFull(full));
        Assert.Empty(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Is_two_gibibytes_or_two_checkpoints()
    {
        using var services = Services(null);
        var disk = services.GetRequiredService<DiskSpace>();
        Assert.Equal(2L << 30, disk.Reserve);
        disk.Expect(DiskSpace.CheckpointBytes("vgg16"));
        Assert.Equal(2 * 16L * 138_357_544, disk.Reserve);
    }

    [Fact]
    public void Refuses_a_negative_option()
    {
        using var services = Services(-1);
        var refusal = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<DiskSpace>().Reserve);
        Assert.Contains("GPUGEEK_RESERVE_BYTES", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ServiceProvider Services(long? reserve)
    {
        var variables = new Dictionary<string, string?>
        {
            ["GPUGEEK_OBJECTS"] = _folder,
            ["GPUGEEK_RESERVE_BYTES"] = reserve?.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(variables).Build();
        return new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddObjectStore(configuration).BuildServiceProvider();
    }
}
