using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Devices;
using GpuGeek.Contracts.Projects;
using GpuGeek.Contracts.Recipes;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Pages.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Runs;

public sealed class TheChoiceOfADevice() : Screen("en")
{
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly DeviceClassResponse Cpu = new("cpu", ["AMD EPYC 9554"], 2),
        Gpu = new("gpu", ["NVIDIA A30", "NVIDIA T4"], 3);

    private readonly FakeApi _api = new();

    private async Task<IRenderedComponent<NewRunPage>> OpenAsync(params DeviceClassResponse[] devices)
    {
        _api.Person("editor")
            .Answer(
                "GET orgs/acme/projects/flowers",
                new ProjectResponse(Guid.Empty, "flowers", "Flowers", "classification", Then, 10, 1, 0, null, 0, Then, [])
            )
            .Answer("GET orgs/acme/datasets", new Page<DatasetResponse>([new(Guid.Empty, "flowers", "Flowers", 10, 2, 1, 1, Then)], null))
            .Answer("GET orgs/acme/devices", new Page<DeviceClassResponse>(devices, null))
            .Answer("POST orgs/acme/recipes/resolve", new ResolvedRecipeResponse(SampleRecipes.Other, []));
        Services.AddScoped(_ => _api.Client());
        await Services.GetRequiredService<Workspace>().LoadAsync(Cancel);
        var page = Render<NewRunPage>(p => p.Add(n => n.Org, "acme").Add(n => n.Project, "flowers"));
        page.WaitForElement("form");
        return page;
    }

    [Fact]
    public async Task Is_not_offered_where_there_is_nothing_to_choose() => Assert.Empty((await OpenAsync(Cpu)).FindAll("#device"));

    [Fact]
    public async Task Is_any_device_until_a_class_is_chosen()
    {
        var page = await OpenAsync(Cpu, Gpu);
        string Json() => page.Find("pre.code").TextContent;
        Assert.Equal(
            ["Any, whichever is free first", "cpu: AMD EPYC 9554; slots: 2", "gpu: NVIDIA A30, NVIDIA T4; slots: 3"],
            page.FindAll("#device option").Select(o => o.TextContent)
        );
        Assert.DoesNotContain("\"device\": \"", Json(), StringComparison.Ordinal);
        await page.Find("#device").ChangeAsync("gpu");
        Assert.Contains("\"device\": \"gpu\"", Json(), StringComparison.Ordinal);
        await page.Find("#device").ChangeAsync("");
        Assert.DoesNotContain("\"device\": \"", Json(), StringComparison.Ordinal);
    }
}
