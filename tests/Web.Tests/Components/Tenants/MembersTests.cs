using System.Net;
using AngleSharp.Dom;
using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Pages.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Tenants;

/// <summary>Before, the list saved every choice immediately and silently, and kept showing a role that had been refused.</summary>
public sealed class TheListOfMembers() : Screen("en")
{
    private static readonly Guid Bob = Guid.Parse("00000000-0000-0000-0000-0000000000b0");
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly FakeApi _api = new();

    private static string Change(Guid user) => $"PATCH orgs/acme/members/{user}";

    private async Task<IRenderedComponent<MembersPage>> OpenAsync()
    {
        _api.Person("owner")
            .Answer(
                "GET orgs/acme/members",
                new Page<MemberResponse>(
                    [new(FakeApi.Me, "Ada", "ada@example.org", "owner", Then), new(Bob, "Bob", "bob@example.org", "viewer", Then)],
                    null
                )
            );
        Services.AddScoped(_ => _api.Client());
        await Services.GetRequiredService<Workspace>().LoadAsync(Cancel);
        return Render<MembersPage>(p => p.Add(m => m.Org, "acme"));
    }

    private static IElement RoleOf(IRenderedComponent<MembersPage> page, string name) => page.Find($"select[aria-label='Role of {name}']");

    private static IElement Button(IRenderedComponent<MembersPage> page, string text) =>
        page.FindAll("dialog button").Single(b => b.TextContent.Trim() == text);

    [Fact]
    public async Task Saves_a_harmless_change_at_once_and_says_so()
    {
        var page = await OpenAsync();
        _api.Answer(Change(Bob), new MemberResponse(Bob, "Bob", "bob@example.org", "editor", Then));
        await RoleOf(page, "Bob").ChangeAsync("editor");
        Assert.Contains(Change(Bob), _api.Calls);
        Assert.Equal("Saved: Bob is editor now.", page.Find("[data-testid=saved]").TextContent);
    }

    [Theory]
    [InlineData("Ada", "viewer", "Change your own role to viewer?")]
    [InlineData("Bob", "owner", "Make Bob owner?")]
    public async Task Asks_before_rights_are_lost_or_all_are_given(string name, string role, string question)
    {
        var page = await OpenAsync();
        await RoleOf(page, name).ChangeAsync(role);
        Assert.Contains(question, page.Find("dialog h2").TextContent, StringComparison.Ordinal);
        await Button(page, "Cancel").ClickAsync(new());
        Assert.DoesNotContain(_api.Calls, c => c.StartsWith("PATCH", StringComparison.Ordinal));
        Assert.Equal(name == "Ada" ? "owner" : "viewer", RoleOf(page, name).GetAttribute("value"));
        Assert.Empty(page.FindAll("dialog h2"));
    }

    [Fact]
    public async Task Shows_the_true_role_after_a_refusal_and_the_reason_once()
    {
        var page = await OpenAsync();
        _api.Refuse(Change(FakeApi.Me), HttpStatusCode.Conflict, "last_owner", "An organisation has at least one owner.");
        await RoleOf(page, "Ada").ChangeAsync("viewer");
        await Button(page, "Change the role").ClickAsync(new());
        Assert.Equal("owner", RoleOf(page, "Ada").GetAttribute("value"));
        Assert.Contains("at least one owner", Assert.Single(page.FindAll("[role=alert]")).TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-testid=saved]"));
    }

    [Fact]
    public async Task Opens_the_dialog_to_leave_without_an_error_of_before()
    {
        var page = await OpenAsync();
        _api.Refuse(Change(Bob), HttpStatusCode.Conflict, "something", "This failed.")
            .Refuse($"DELETE orgs/acme/members/{FakeApi.Me}", HttpStatusCode.Conflict, "last_owner", "The last owner stays.");
        await RoleOf(page, "Bob").ChangeAsync("editor");
        Assert.Single(page.FindAll("[role=alert]"));
        await page.FindAll("tbody button").Single(b => b.TextContent == "Leave").ClickAsync(new());
        Assert.Empty(page.FindAll("[role=alert]"));
        await Button(page, "Leave").ClickAsync(new());
        Assert.Contains("The last owner stays.", Assert.Single(page.FindAll("[role=alert]")).TextContent, StringComparison.Ordinal);
        await Button(page, "Cancel").ClickAsync(new());
        Assert.Empty(page.FindAll("[role=alert]"));
    }
}
