using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Web.Components.Pages.Models;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Models;

public sealed class TheAliasesOfAModelVersion() : Screen("en")
{
    private const string Path = "orgs/acme/models/flowers/aliases";
    private readonly FakeApi _api = new FakeApi().Person("editor");

    private IRenderedComponent<AliasesCard> Shown(bool mayEdit = true)
    {
        _api.Answer(
            $"GET {Path}",
            new Page<AliasResponse>([new("candidate", 3, [], default), new("production", 2, ["shop", "kiosk"], default)], null)
        );
        Services.AddScoped(_ => _api.Client());
        var card = Render<AliasesCard>(p =>
            p.Add(c => c.Org, "acme").Add(c => c.Model, "flowers").Add(c => c.Version, 3).Add(c => c.MayEdit, mayEdit)
        );
        card.WaitForElement("[data-testid=aliases]");
        return card;
    }

    [Fact]
    public void Say_before_one_moves_which_deployments_switch()
    {
        _api.Answer($"PUT {Path}/production", new AliasResponse("production", 3, ["shop", "kiosk"], default));
        var card = Shown();
        Assert.Contains("candidate", Assert.Single(card.FindAll("[data-testid=aliases] li")).TextContent, StringComparison.Ordinal);
        card.Find("input").Input("production");
        var moves = card.Find("[data-testid=moves]").TextContent;
        Assert.Equal("production means version 2 now. These deployments will switch to this version: shop, kiosk.", moves.Trim());
        Assert.Equal("Move here", card.Find("button[type=submit]").TextContent.Trim());
        card.Find("form").Submit();
        card.WaitForAssertion(() => Assert.Contains($"PUT {Path}/production", _api.Calls));
        Assert.Equal("""{"version":3}""", _api.Sent($"PUT {Path}/production"));
    }

    [Fact]
    public void Are_read_only_for_a_person_who_may_only_look()
    {
        var card = Shown(mayEdit: false);
        Assert.Empty(card.FindAll("button"));
        Assert.Empty(card.FindAll("input"));
    }
}
