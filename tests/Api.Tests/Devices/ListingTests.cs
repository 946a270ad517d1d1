using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Devices;
using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Tenants;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Devices;

public sealed class ListsOfDevices(SharedApplication shared) : IClassFixture<SharedApplication>, IAsyncDisposable
{
    private const string Model = "NVIDIA H800";

    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    public async ValueTask DisposeAsync()
    {
        await using var db = _app.SystemDatabase();
        await db.WorkerDevices.Where(d => d.Worker.StartsWith("listing/")).ExecuteDeleteAsync(CancellationToken.None);
    }

    private async Task AnnounceAsync()
    {
        await _app.AnnounceAsync("listing/one", DeviceClass.Gpu, "h800", slots: 2, model: Model);
        await _app.AnnounceAsync("listing/one", DeviceClass.Gpu, "h800", slots: 1, device: "GPU-1", model: Model);
        await _app.AnnounceAsync("listing/two", DeviceClass.Gpu, "l4-shared", slots: 4, model: "NVIDIA L4");
        await _app.AnnounceAsync("listing/dead", DeviceClass.Gpu, "t4-dead", slots: 8, model: "Tesla T4", ago: WorkerDevice.CountsFor);
    }

    [Fact]
    public async Task Have_every_class_that_connected_workers_announce_and_no_machine()
    {
        await AnnounceAsync();
        var owner = await _app.RegisterAsync();
        var viewer = await _app.JoinAsync(owner, Role.Viewer);
        var classes = (await viewer.Client.ListDevicesAsync(owner.Org, Cancel)).Items;
        DeviceClassResponse Of(string name) => Assert.Single(classes, c => c.Class == name);
        Assert.Equal(3, Of("h800").Slots);
        Assert.Equal([Model], Of("h800").Models);
        Assert.Equal(4, Of("l4-shared").Slots);
        // Other tests may announce GPUs at the same time.
        Assert.True(Of("gpu").Slots >= 7);
        Assert.DoesNotContain(classes, c => c.Class == "t4-dead");
        var text = await viewer.Http.GetStringAsync(new Uri($"/api/v1/orgs/{owner.Org}/devices", UriKind.Relative), Cancel);
        Assert.All(["listing/", "GPU-", "550.54", "2.10.0"], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_workers_are_the_operators_alone()
    {
        await AnnounceAsync();
        var owner = await _app.RegisterAsync();
        var refused = await Answers.RefusedAsync(() => owner.Client.ListWorkersAsync(Cancel));
        Assert.Equal((HttpStatusCode.Forbidden, "not_allowed"), (refused.Status, refused.Code));
        await using var db = _app.SystemDatabase();
        await db.Users.Where(u => u.Email == owner.Email).ExecuteUpdateAsync(set => set.SetProperty(u => u.IsOperator, true), Cancel);
        var devices = (await owner.Client.ListWorkersAsync(Cancel)).Items.Where(d =>
            d.Worker.StartsWith("listing/", StringComparison.Ordinal)
        );
        Assert.Equal(
            ["listing/one GPU-0 2", "listing/one GPU-1 1", "listing/two GPU-0 4"],
            devices.Select(d => $"{d.Worker} {d.Device} {d.Slots}")
        );
        Assert.Equal(
            ("gpu", "h800", Model, 24L << 30, "550.54.15", "2.10.0+cuda"),
            devices.First() is var d ? (d.Class, d.ClassName, d.Model, d.MemoryBytes, d.Driver, d.Libtorch) : default
        );
    }
}
