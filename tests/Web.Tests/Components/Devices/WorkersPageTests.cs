using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Devices;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Pages.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Devices;

public sealed class ThePageOfWorkers() : Screen("en")
{
    private readonly FakeApi _api = new();

    private async Task<IRenderedComponent<WorkersPage>> OpenAsync(params WorkerDeviceResponse[] devices)
    {
        _api.Person("owner", isOperator: true).Answer("GET workers", new Page<WorkerDeviceResponse>(devices, null));
        Services.AddScoped(_ => _api.Client());
        await Services.GetRequiredService<Workspace>().LoadAsync(Cancel);
        return Render<WorkersPage>();
    }

    [Fact]
    public async Task Shows_every_device_with_its_worker()
    {
        var page = await OpenAsync(
            new(
                "ml-1:/work",
                "GPU-0",
                "gpu",
                "a100",
                "NVIDIA A100",
                40_000_000_000,
                "550.54.15",
                "2.10.0+cuda",
                2,
                DateTimeOffset.UnixEpoch
            ),
            new("ml-2:/work", "cpu", "cpu", null, "AMD EPYC 9554", null, null, "2.10.0+cpu", 1, DateTimeOffset.UnixEpoch)
        );
        page.WaitForElement("[data-testid=workers]");
        string[][] rows = [.. page.FindAll("tbody tr").Select(r => r.Children.Take(7).Select(c => c.TextContent.Trim()).ToArray())];
        Assert.Equal(["ml-1:/work", "gpu a100", "NVIDIA A100", "40.0\u00a0GB", "550.54.15", "2.10.0+cuda", "2"], rows[0]);
        Assert.Equal(["ml-2:/work", "cpu", "AMD EPYC 9554", "–", "–", "2.10.0+cpu", "1"], rows[1]);
    }

    [Fact]
    public async Task Says_what_follows_when_none_is_connected() =>
        Assert.Contains("Runs wait until one is started.", (await OpenAsync()).Markup, StringComparison.Ordinal);
}
