using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Tenants;

public sealed class AnInvitation(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static string Token(CreatedInvitationResponse invitation) =>
        invitation.Url[(invitation.Url.IndexOf('#', StringComparison.Ordinal) + 1)..];

    private async Task<(TenantSession Owner, CreatedInvitationResponse Invitation)> InvitedAsync(string role = "editor")
    {
        var owner = await _app.RegisterAsync();
        return (owner, await owner.Client.CreateInvitationAsync(owner.Org, new() { Role = role, Email = "bob@example.org" }, Cancel));
    }

    private static RegisterRequest Newcomer(string token) =>
        new()
        {
            Email = $"new-{Planted.NewId():N}@example.org",
            Password = "a long enough phrase",
            DisplayName = "New",
            Invitation = token,
        };

    [Fact]
    public async Task Shows_whoever_holds_it_where_it_leads()
    {
        var (owner, invitation) = await InvitedAsync();
        Assert.StartsWith("http://gpugeek.test/invitation#gg_invite_", invitation.Url, StringComparison.Ordinal);
        var offer = await new GpuGeekClient(_app.HttpWith(null)).LookAtInvitationAsync(Token(invitation), Cancel);
        Assert.Equal((owner.Org, "editor"), (offer.Slug, offer.Role));
        Assert.InRange(offer.ExpiresAt - Planted.Now, TimeSpan.FromDays(13.9), TimeSpan.FromDays(14));
    }

    [Fact]
    public async Task Lets_a_person_with_an_account_in_once()
    {
        var (owner, invitation) = await InvitedAsync();
        var (bob, eve) = (await _app.RegisterAsync(), await _app.RegisterAsync());
        Assert.Equal((owner.Org, "editor"), await JoinAsync(bob));
        Assert.Equal(
            [owner.Org, bob.Org],
            (await bob.Client.GetMeAsync(Cancel)).Organizations.Select(o => o.Slug).OrderBy(s => s == bob.Org)
        );
        await bob.Client.CreateProjectAsync(owner.Org, new() { Name = "x" }, Cancel);
        Assert.Equal("invitation_invalid", (await Answers.RefusedAsync(() => JoinAsync(eve))).Code);
        Assert.Equal("accepted", (await owner.Client.ListInvitationsAsync(owner.Org, Cancel)).Items.Single().State);

        async Task<(string, string)> JoinAsync(TenantSession person)
        {
            var org = await person.Client.AcceptInvitationAsync(Token(invitation), Cancel);
            return (org.Slug, org.Role);
        }
    }

    [Fact]
    public async Task Lets_one_of_ten_in_who_hold_it_at_once()
    {
        var (owner, invitation) = await InvitedAsync();
        var people = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _app.RegisterAsync()));
        var joined = await Task.WhenAll(
            people.Select(p =>
                p.Client.AcceptInvitationAsync(Token(invitation), Cancel)
                    .ContinueWith(t => t.IsCompletedSuccessfully, Cancel, TaskContinuationOptions.None, TaskScheduler.Default)
            )
        );
        Assert.Single(joined, j => j);
        Assert.Equal(2, (await owner.Client.ListMembersAsync(owner.Org, Cancel)).Items.Count);
    }

    [Fact]
    public async Task Lets_a_newcomer_register_where_registration_is_closed()
    {
        using var closed = new ClosedApplication(shared);
        var (owner, invitation) = await InvitedAsync("viewer");
        var client = new GpuGeekClient(closed.App.HttpWith(null));
        Assert.Equal(
            "registration_closed",
            (
                await Answers.RefusedAsync(() =>
                    client.RegisterAsync(Newcomer(Token(invitation)) with { Invitation = null, Organization = "Own" }, Cancel)
                )
            ).Code
        );
        var session = await client.RegisterAsync(Newcomer(Token(invitation)), Cancel);
        Assert.Equal([(owner.Org, "viewer")], session.Organizations.Select(o => (o.Slug, o.Role)));
        Assert.Equal(
            "viewer",
            (await new GpuGeekClient(closed.App.HttpWith(session.Token)).ListMembersAsync(owner.Org, Cancel)).Items[1].Role
        );
        Assert.Equal(
            "invitation_invalid",
            (await Answers.RefusedAsync(() => client.RegisterAsync(Newcomer(Token(invitation)), Cancel))).Code
        );
    }

    [Fact]
    public async Task Whose_account_cannot_be_made_stays_open()
    {
        var (owner, invitation) = await InvitedAsync();
        var client = new GpuGeekClient(_app.HttpWith(null));
        Assert.Equal(
            "email_taken",
            (await Answers.RefusedAsync(() => client.RegisterAsync(Newcomer(Token(invitation)) with { Email = owner.Email }, Cancel))).Code
        );
        Assert.Equal("open", (await owner.Client.ListInvitationsAsync(owner.Org, Cancel)).Items.Single().State);
    }

    [Fact]
    public async Task Revoked_or_old_lets_nobody_in()
    {
        var (owner, revoked) = await InvitedAsync();
        await owner.Client.RevokeInvitationAsync(owner.Org, revoked.Id, Cancel);
        var old = await owner.Client.CreateInvitationAsync(owner.Org, new() { Role = "viewer" }, Cancel);
        await using (var db = _app.SystemDatabase())
        {
            await db.Database.ExecuteSqlAsync($"UPDATE invitations SET expires_at = now() WHERE id = {old.Id}", Cancel);
        }
        var bob = await _app.RegisterAsync();
        foreach (
            var token in (string[])
                [Token(revoked), Token(old), TokenFormat.Create(TokenKind.Invitation), TokenFormat.Create(TokenKind.Session), "x"]
        )
        {
            Assert.Equal("invitation_invalid", (await Answers.RefusedAsync(() => bob.Client.AcceptInvitationAsync(token, Cancel))).Code);
            Assert.Equal("invitation_invalid", (await Answers.RefusedAsync(() => bob.Client.LookAtInvitationAsync(token, Cancel))).Code);
        }
        Assert.Equal(["expired", "revoked"], (await owner.Client.ListInvitationsAsync(owner.Org, Cancel)).Items.Select(i => i.State));
    }

    [Fact]
    public async Task Leads_no_higher_than_its_maker_stands()
    {
        var owner = await _app.RegisterAsync();
        var admin = await _app.JoinAsync(owner, Role.Admin);
        Assert.Equal(
            "role_too_small",
            (await Answers.RefusedAsync(() => admin.Client.CreateInvitationAsync(owner.Org, new() { Role = "owner" }, Cancel))).Code
        );
        Assert.Equal("admin", (await admin.Client.CreateInvitationAsync(owner.Org, new() { Role = "admin" }, Cancel)).Role);
    }

    [Fact]
    public async Task Is_of_no_use_to_a_member_and_can_be_passed_on()
    {
        var (owner, invitation) = await InvitedAsync();
        Assert.Equal(
            "already_member",
            (await Answers.RefusedAsync(() => owner.Client.AcceptInvitationAsync(Token(invitation), Cancel))).Code
        );
        Assert.Equal("open", (await owner.Client.ListInvitationsAsync(owner.Org, Cancel)).Items.Single().State);
    }

    [Fact]
    public async Task Is_kept_as_a_hash_only()
    {
        var (_, invitation) = await InvitedAsync();
        await using var db = _app.SystemDatabase();
        var row = await db.Invitations.IgnoreTenantFilter().SingleAsync(i => i.Id == invitation.Id, Cancel);
        Assert.Equal(TokenFormat.Hash(Token(invitation)), row.Hash);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await _app.HttpWith(Token(invitation)).GetAsync(new Uri("/api/v1/account/me", UriKind.Relative), Cancel)).StatusCode
        );
    }

    private sealed class ClosedApplication(SharedApplication shared) : IDisposable
    {
        public ApiApplication App { get; } = new(shared.Postgres, registrationOpen: false);

        public void Dispose() => App.Dispose();
    }
}
