using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Projects;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Pages.Datasets;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Datasets;

/// <summary>Before, a dataset of one class offered a training, and only starting it reported that two classes are needed.</summary>
public sealed class ADatasetOfFewClasses() : Screen("en")
{
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(1, false, "1 image · 1 class ·")]
    [InlineData(2, true, "2 images · 2 classes ·")]
    public async Task Offers_a_training_only_with_two_and_says_why(int count, bool offered, string summary)
    {
        var api = new FakeApi()
            .Person("editor")
            .Answer(
                "GET orgs/acme/projects/flowers",
                new ProjectResponse(Guid.Empty, "flowers", "Flowers", "classification", Then, count, 0, 0, null, 0, Then, [])
            )
            .Answer(
                "GET orgs/acme/datasets",
                new Page<DatasetResponse>([new(Dataset, "flowers", "Flowers", count, count, 9, 0, Then)], null)
            )
            .Answer(
                $"GET orgs/acme/datasets/{Dataset}/stats",
                new DatasetStatsResponse(count, 9, [new("daisy", count)], new Dictionary<string, int>())
            );
        Services.AddScoped(_ => api.Client());
        await Services.GetRequiredService<Workspace>().LoadAsync(Cancel);
        var page = Render<DatasetPage>(p => p.Add(d => d.Org, "acme").Add(d => d.Project, "flowers"));
        page.WaitForElement(".versions");
        Assert.Contains(summary, page.Markup, StringComparison.Ordinal);
        Assert.Equal(offered, page.FindAll("button").Any(b => b.TextContent == "Train"));
        Assert.Equal(
            !offered,
            page.FindAll("[data-testid=one-class]").Any(n => n.TextContent.Contains("at least two classes", StringComparison.Ordinal))
        );
    }
}
