using Bunit;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Web.Components;
using GpuGeek.Web.Components.Controls;
using GpuGeek.Web.Components.Pages.Datasets;
using GpuGeek.Web.Localization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace GpuGeek.Web.Tests.Components;

public sealed class AStateBadge() : Screen("en")
{
    [Theory]
    [InlineData("running", "accent live")]
    [InlineData("succeeded", "good")]
    [InlineData("failed", "bad")]
    [InlineData("queued", "warn")]
    public void Says_the_state_in_words_and_in_tone(string state, string tone)
    {
        var badge = Render<StateBadge>(p => p.Add(b => b.State, state)).Find("span");
        Assert.Equal(state, badge.TextContent);
        Assert.Equal("badge " + tone, badge.ClassName);
    }

    [Fact]
    public void Shows_a_state_it_does_not_know_as_it_is() =>
        Assert.Equal("hibernating", Render<StateBadge>(p => p.Add(b => b.State, "hibernating")).Find("span").TextContent);
}

public sealed class AStateBadgeInChinese() : Screen("zh-Hans")
{
    [Fact]
    public void Speaks_chinese() =>
        Assert.Equal("运行中", Render<StateBadge>(p => p.Add(b => b.State, "running")).Find("span").TextContent);
}

public sealed class AMeter() : Screen("en")
{
    [Theory]
    [InlineData(0.256, "25.6")]
    [InlineData(7.0, "100")]
    [InlineData(-1.0, "0")]
    public void Stays_between_nothing_and_all(double value, string percent)
    {
        var meter = Render<Meter>(p => p.Add(m => m.Value, value).Add(m => m.Label, "Storage")).Find("[role=progressbar]");
        Assert.Equal(percent, meter.GetAttribute("aria-valuenow"));
    }

    [Fact]
    public void Without_a_value_tells_none()
    {
        var meter = Render<Meter>(p => p.Add(m => m.Value, double.NaN).Add(m => m.Label, "Storage")).Find("[role=progressbar]");
        Assert.Null(meter.GetAttribute("aria-valuenow"));
        Assert.Contains("unknown", meter.ClassName);
    }
}

public sealed class AnEmptyState() : Screen("en")
{
    [Fact]
    public void Teaches_and_offers_the_next_step()
    {
        var drawn = Render<EmptyState>(p =>
            p.Add(e => e.Icon, "image")
                .Add(e => e.Title, "Drop your pictures here")
                .Add(e => e.Text, "A ZIP.")
                .AddChildContent("<button>Choose</button>")
        );
        Assert.Equal("Drop your pictures here", drawn.Find("h2").TextContent);
        Assert.Equal("Choose", drawn.Find("button").TextContent);
        Assert.NotEqual("", drawn.Find("svg path").GetAttribute("d"));
    }
}

public sealed class AnErrorNote() : Screen("en")
{
    private IStringLocalizer<Words> Words => Services.GetRequiredService<IStringLocalizer<Words>>();

    [Fact]
    public void Says_what_happened_why_and_what_to_do()
    {
        var problem = new ApiProblem(
            null,
            "Not a ZIP archive",
            415,
            "Only ZIP archives are imported.",
            "some_code",
            "Pack it.",
            "req-1",
            null
        );
        var text = Render<ErrorNote>(p =>
                p.Add(e => e.Fault, Fault.From(new ApiException(System.Net.HttpStatusCode.UnsupportedMediaType, problem), Words))
            )
            .Find("[role=alert]")
            .TextContent;
        Assert.All(["Not a ZIP archive", "Only ZIP archives are imported.", "Pack it.", "req-1"], part => Assert.Contains(part, text));
    }

    [Fact]
    public void Of_a_silent_server_is_calm() =>
        Assert.Contains(
            "The server is not answering.",
            Render<ErrorNote>(p =>
                p.Add(e => e.Fault, Fault.From(new HttpRequestException("Connection refused (127.0.0.1:5001)"), Words))
            ).Markup
        );

    [Fact]
    public void Never_shows_what_only_a_programmer_reads()
    {
        var markup = Render<ErrorNote>(p => p.Add(e => e.Fault, Fault.From(new InvalidOperationException("secret detail"), Words))).Markup;
        Assert.DoesNotContain("secret detail", markup);
    }

    [Fact]
    public void Is_nothing_when_nothing_is_wrong() => Assert.Equal("", Render<ErrorNote>(p => p.Add(e => e.Fault, null)).Markup.Trim());

    [Theory]
    [InlineData("email")]
    [InlineData("Email")]
    [InlineData("/email")]
    public void Names_the_field(string key)
    {
        var problem = new ApiProblem(
            null,
            "Check the fields",
            400,
            null,
            "validation",
            null,
            null,
            new Dictionary<string, string[]> { [key] = ["Not an address."] }
        );
        Assert.Equal("Not an address.", Fault.From(new ApiException(System.Net.HttpStatusCode.BadRequest, problem), Words).Field("email"));
    }
}

public sealed class AnErrorNoteInChinese() : Screen("zh-Hans")
{
    [Fact]
    public void Has_words_of_its_own_for_what_people_meet()
    {
        var problem = new ApiProblem(
            null,
            "Not signed in",
            401,
            "The email or the password is not right.",
            "wrong_credentials",
            "Check both.",
            null,
            null
        );
        Assert.Equal(
            "邮箱或密码不正确。",
            Fault
                .From(
                    new ApiException(System.Net.HttpStatusCode.Unauthorized, problem),
                    Services.GetRequiredService<IStringLocalizer<Words>>()
                )
                .Title
        );
    }
}

public sealed class AnImport() : Screen("en")
{
    private static ImportResponse Import(string state, int accepted, int skipped, double progress = 0.4) =>
        new(
            Guid.Empty,
            Guid.Empty,
            "flowers.zip",
            1,
            state,
            progress,
            accepted,
            skipped,
            [],
            null,
            null,
            DateTimeOffset.UnixEpoch,
            null,
            null
        );

    [Fact]
    public void That_runs_shows_how_far_it_is_and_can_be_canceled()
    {
        var panel = Render<ImportPanel>(p =>
            p.Add(i => i.Org, "acme").Add(i => i.Import, Import("running", 600, 2)).Add(i => i.CanCancel, true)
        );
        Assert.Equal("40", panel.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        Assert.Contains("600 pictures imported, 2 skipped", panel.Markup);
        Assert.Equal("Cancel", panel.Find("button.btn").TextContent);
    }

    [Fact]
    public void That_skipped_files_offers_the_report()
    {
        var panel = Render<ImportPanel>(p => p.Add(i => i.Org, "acme").Add(i => i.Import, Import("succeeded", 1500, 3)));
        Assert.Equal("3 skipped", panel.Find("button.btn").TextContent);
        Assert.Empty(panel.FindAll(".card [role=progressbar]"));
    }

    [Fact]
    public void Whose_cancel_fails_says_why_beside_the_button()
    {
        var panel = Render<ImportPanel>(p =>
            p.Add(i => i.Org, "acme").Add(i => i.Import, Import("running", 1, 0)).Add(i => i.CanCancel, true)
        );
        panel.Find("button.btn").Click();
        panel.WaitForAssertion(() => Assert.Contains("The server is not answering.", panel.Find("[role=alert]").TextContent));
    }
}

public sealed class AClassBar() : Screen("en")
{
    private static readonly DatasetStatsResponse Stats = new(110, 1, [new("daisy", 100), new("rose", 10)], new Dictionary<string, int>());

    [Fact]
    public void Filters_by_address_and_names_a_strong_imbalance()
    {
        var bar = Render<ClassBar>(p =>
            p.Add(c => c.Stats, Stats).Add(c => c.Selected, "rose").Add(c => c.UrlOf, name => "?class=" + name)
        );
        var links = bar.FindAll(".classes a");
        Assert.Equal("?class=daisy", links[0].GetAttribute("href"));
        Assert.Equal("?class=", links[1].GetAttribute("href"));
        Assert.Equal("true", links[1].GetAttribute("aria-current"));
        Assert.Contains("10 times", bar.Markup);
    }
}
