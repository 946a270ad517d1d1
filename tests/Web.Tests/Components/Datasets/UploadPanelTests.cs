using Bunit;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Layout;
using GpuGeek.Web.Components.Pages.Datasets;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Datasets;

public sealed class AnUploadOnThePages() : Screen("en")
{
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");
    private static readonly Guid Somebody = Guid.Parse("00000000-0000-0000-0000-0000000000ff");
    private static readonly string Imports = $"orgs/acme/datasets/{Dataset}/imports";
    private readonly FakeApi _api = new FakeApi().Person("editor");

    private BrowserUploads Uploads => Services.GetRequiredService<BrowserUploads>();

    private static ImportResponse Begun(int id, string fingerprint = "1.9.9.abc", Guid? uploader = null) =>
        new(Id(id), Dataset, "flowers.zip", 900, "uploading", 0, 0, 0, [], null, "/put", default, null, null)
        {
            Received = 300,
            ResumeUrl = $"/api/v1/orgs/acme/datasets/{Dataset}/uploads/{Id(id)}",
            Fingerprint = fingerprint,
            Uploader = uploader,
        };

    private static BrowserUpload Sent(int id, string state = "sending", ApiProblem? problem = null) =>
        new(Id(id), "acme", "flowers", Dataset, "flowers.zip", 900, 450, 90, state, problem);

    private static Guid Id(int id) => Guid.Parse($"00000000-0000-0000-0000-{id:000000000000}");

    private async Task<IRenderedComponent<UploadPanel>> PanelAsync(params ImportResponse[] imports)
    {
        _api.Answer($"GET {Imports}", new Page<ImportResponse>(imports, null)).Answer($"POST {Imports}", Begun(77));
        Services.AddScoped(_ => _api.Client());
        await Services.GetRequiredService<Workspace>().LoadAsync(Cancel);
        return Render<UploadPanel>(p =>
            p.Add(u => u.Org, "acme")
                .Add(u => u.Project, "flowers")
                .Add(u => u.Dataset, Dataset)
                .Add(u => u.Imports, imports)
                .Add(u => u.DatasetId, () => Task.FromResult(Dataset))
        );
    }

    [Fact]
    public async Task That_was_interrupted_waits_for_its_file_and_says_how_far_it_came()
    {
        var panel = await PanelAsync(Begun(1));
        var card = panel.Find("[data-testid=waiting-upload]");
        Assert.Contains("of 900", card.TextContent, StringComparison.Ordinal);
        Assert.Contains("Choose flowers.zip again to resume where it stopped.", card.TextContent, StringComparison.Ordinal);
        Assert.Equal("archive", card.QuerySelector("label")!.GetAttribute("for"));
    }

    [Fact]
    public async Task Whose_file_the_browser_knows_needs_one_click()
    {
        var panel = await PanelAsync(Begun(1));
        await panel.InvokeAsync(() => panel.Instance.Remembered([Id(1)]));
        var card = panel.Find("[data-testid=waiting-upload]");
        Assert.Contains("Interrupted. It resumes where it stopped.", card.TextContent, StringComparison.Ordinal);
        Assert.Equal("Resume", card.QuerySelector("button.primary")!.TextContent);
    }

    [Fact]
    public async Task Of_somebody_else_cannot_be_resumed_here()
    {
        var card = (await PanelAsync(Begun(1, uploader: Somebody))).Find("[data-testid=waiting-upload]");
        Assert.Contains("Started by another member, who can resume it.", card.TextContent, StringComparison.Ordinal);
        Assert.Null(card.QuerySelector("label"));
    }

    [Theory]
    [InlineData("1.9.9.abc", 900, 1)]
    [InlineData("1.9.9.abc", 901, 77)]
    [InlineData("1.9.9.other", 900, 77)]
    public async Task Goes_on_with_the_same_file_and_begins_with_another(string fingerprint, long size, int import)
    {
        var panel = await PanelAsync(Begun(2, uploader: Somebody), Begun(1));
        var offer = await panel.InvokeAsync(() => panel.Instance.OfferAsync("flowers.zip", size, fingerprint, false));
        Assert.Equal(Id(import), offer!.Id);
        Assert.EndsWith($"/uploads/{Id(import)}", offer.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_this_tab_sends_shows_its_progress_instead()
    {
        var panel = await PanelAsync(Begun(1));
        await panel.InvokeAsync(() => Uploads.Show([Sent(1)]));
        Assert.Empty(panel.FindAll("[data-testid=waiting-upload]"));
        Assert.Equal("50", panel.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        await panel.InvokeAsync(() => Uploads.Show([Sent(1, "waiting")]));
        Assert.Contains("The upload resumes when the server responds again.", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_the_first_pictures_shows_its_progress_on_the_page_that_had_no_dataset()
    {
        var panel = await PanelAsync();
        panel.Render(p => p.Add(u => u.Dataset, null));
        await panel.InvokeAsync(() => panel.Instance.OfferAsync("flowers.zip", 900, "1.9.9.abc", false));
        await panel.InvokeAsync(() => Uploads.Show([Sent(1)]));
        Assert.Equal("50", panel.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
    }

    [Fact]
    public async Task That_the_server_refused_says_why()
    {
        var panel = await PanelAsync();
        var problem = new ApiProblem(null, "Refused", 422, "The plan stores at most 1 GiB.", "plan_limit", null, "r1", null);
        await panel.InvokeAsync(() => Uploads.Show([Sent(1, "failed", problem)]));
        Assert.Contains("The plan stores at most 1 GiB.", panel.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" rose ", "rose")]
    [InlineData(null, null)]
    public async Task Of_pictures_in_no_folder_asks_for_their_class(string? typed, string? answered)
    {
        var panel = await PanelAsync();
        var asked = panel.InvokeAsync(() => panel.Instance.AskClassAsync(3));
        panel.WaitForElement("#their-class");
        Assert.Contains("What do these 3 pictures show?", panel.Markup, StringComparison.Ordinal);
        if (typed is not null)
        {
            panel.Find("#their-class").Input("  ");
            panel.Find("form").Submit();
            panel.Find("#their-class").Input(typed);
            panel.Find("form").Submit();
        }
        else
            panel.Find("footer button").Click();
        Assert.Equal(answered, await asked);
    }

    [Fact]
    public async Task Stands_in_the_rail_of_every_page_and_leads_to_its_dataset()
    {
        var rail = Render<RailUploads>();
        Assert.Empty(rail.FindAll("a"));
        await rail.InvokeAsync(() => rail.Instance.Changed([Sent(1)]));
        var item = rail.Find("[data-testid=rail-upload]");
        Assert.Equal($"/acme/flowers/data?dataset={Dataset}", item.GetAttribute("href"));
        Assert.Equal("50", item.QuerySelector("[role=progressbar]")!.GetAttribute("aria-valuenow"));
        await rail.InvokeAsync(() => rail.Instance.Changed([Sent(1, "waiting")]));
        Assert.Contains("Waiting for the connection", rail.Markup, StringComparison.Ordinal);
    }
}
