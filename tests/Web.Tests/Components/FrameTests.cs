using System.Net;
using Bunit;
using GpuGeek.Contracts.Client;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Controls;
using GpuGeek.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components;

/// <summary>Before, the operator's pages opened for everybody, and the navigation linked to pages that were always refused.</summary>
public sealed class TheFrameAroundAPage() : Screen("en")
{
    private readonly FakeApi _api = new();

    private async Task<IRenderedComponent<MainLayout>> OpenAsync(string path, string role, bool isOperator)
    {
        _api.Person(role, isOperator)
            .Answer("GET orgs/acme/mentions/unread", new { count = 0 })
            .Answer("GET orgs/acme/jobs", new { items = Array.Empty<object>() });
        Services.AddScoped(_ => _api.Client());
        await Services.GetRequiredService<Workspace>().LoadAsync(Cancel);
        Services.GetRequiredService<NavigationManager>().NavigateTo(path);
        return Render<MainLayout>(p => p.Add(l => l.Body, "<p id=\"page\">the page</p>"));
    }

    private static string[] Entries(IRenderedComponent<MainLayout> frame) =>
        [.. frame.FindAll(".rail .bottom a").Select(a => a.GetAttribute("href")!)];

    [Theory]
    [InlineData("/operator/plans")]
    [InlineData("/Operator/plans?x=1")]
    [InlineData("/operator/anything-that-comes-later")]
    public async Task Keeps_the_operators_pages_from_everybody_else(string path)
    {
        var frame = await OpenAsync(path, "owner", isOperator: false);
        Assert.Empty(frame.FindAll("#page"));
        Assert.Contains(
            "Only the operator of this installation can open this page.",
            frame.Find("[data-testid=refused]").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Shows_the_operator_the_operators_pages()
    {
        var frame = await OpenAsync("/operator/plans", "owner", isOperator: true);
        Assert.Single(frame.FindAll("#page"));
        Assert.Contains("/operator/plans", Entries(frame));
        Assert.Contains("/operator/workers", Entries(frame));
    }

    [Theory]
    [InlineData("viewer", false)]
    [InlineData("editor", false)]
    [InlineData("admin", true)]
    [InlineData("owner", true)]
    public async Task Leads_to_keys_webhooks_and_audit_only_who_may_open_them(string role, bool leads)
    {
        var frame = await OpenAsync("/acme", role, isOperator: false);
        foreach (var page in (string[])["keys", "webhooks", "audit"])
            Assert.Equal(leads, Entries(frame).Contains($"/acme/{page}"));
        Assert.DoesNotContain("/operator/plans", Entries(frame));
    }
}

public sealed class ARefusedPage() : Screen("en")
{
    private sealed class Refusing : ComponentBase
    {
        protected override Task OnInitializedAsync() =>
            throw new ApiException(
                HttpStatusCode.Forbidden,
                new(null, "Not allowed", 403, "This needs the role 'admin'.", "role_too_small", "Ask an owner.", "r1", null)
            );
    }

    [Fact]
    public void Says_what_is_missing_and_does_not_offer_to_try_again()
    {
        var drawn = Render<FrameBoundary>(p => p.AddChildContent<Refusing>());
        Assert.All(
            ["You do not have access to this page", "This needs the role 'admin'.", "Ask an owner."],
            part => Assert.Contains(part, drawn.Markup, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("Try again", drawn.Markup, StringComparison.Ordinal);
    }
}
