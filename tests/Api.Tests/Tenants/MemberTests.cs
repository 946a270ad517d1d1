using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Tenants;

public sealed class MembersOfAnOrganisation(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static async Task<Guid> IdAsync(TenantSession session) => (await session.Client.GetMeAsync(Cancel)).User.Id;

    private async Task<(TenantSession Owner, TenantSession Other, Guid OtherId)> WithAsync(Role role)
    {
        var owner = await _app.RegisterAsync();
        var other = await _app.JoinAsync(owner, role);
        return (owner, other, await IdAsync(other));
    }

    [Fact]
    public async Task Are_listed_with_their_roles_in_the_order_they_came()
    {
        var (owner, other, _) = await WithAsync(Role.Editor);
        Assert.Equal(
            [(owner.Email, "owner"), (other.Email, "editor")],
            (await other.Client.ListMembersAsync(owner.Org, Cancel)).Items.Select(m => (m.Email, m.Role))
        );
    }

    [Fact]
    public async Task Get_another_role_at_once()
    {
        var (owner, other, id) = await WithAsync(Role.Viewer);
        Assert.Equal(
            "role_too_small",
            (await Answers.RefusedAsync(() => other.Client.CreateProjectAsync(owner.Org, new() { Name = "x" }, Cancel))).Code
        );
        Assert.Equal("editor", (await owner.Client.UpdateMemberAsync(owner.Org, id, new() { Role = "editor" }, Cancel)).Role);
        await other.Client.CreateProjectAsync(owner.Org, new() { Name = "x" }, Cancel);
    }

    [Fact]
    public async Task Removed_are_strangers_at_once_with_their_keys()
    {
        var (owner, other, id) = await WithAsync(Role.Admin);
        var key = await other.Client.CreateKeyAsync(owner.Org, new() { Name = "camera", Scopes = [Scopes.DatasetsRead] }, Cancel);
        await owner.Client.RemoveMemberAsync(owner.Org, id, Cancel);
        await owner.Client.RemoveMemberAsync(owner.Org, id, Cancel);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => other.Client.ListProjectsAsync(owner.Org, ct: Cancel))).Status
        );
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (
                await Answers.RefusedAsync(() =>
                    new Contracts.Client.GpuGeekClient(_app.HttpWith(key.Key)).ListProjectsAsync(owner.Org, ct: Cancel)
                )
            ).Status
        );
    }

    [Fact]
    public async Task May_leave_whatever_their_role()
    {
        var (owner, other, id) = await WithAsync(Role.Viewer);
        await other.Client.RemoveMemberAsync(owner.Org, id, Cancel);
        Assert.Single((await owner.Client.ListMembersAsync(owner.Org, Cancel)).Items);
    }

    [Fact]
    public async Task Do_not_remove_one_another_below_admin()
    {
        var (owner, other, _) = await WithAsync(Role.Editor);
        Assert.Equal(
            "role_too_small",
            (await Answers.RefusedAsync(async () => await other.Client.RemoveMemberAsync(owner.Org, await IdAsync(owner), Cancel))).Code
        );
    }

    [Fact]
    public async Task Who_are_admins_do_not_touch_owners_nor_make_them()
    {
        var (owner, admin, id) = await WithAsync(Role.Admin);
        var ownerId = await IdAsync(owner);
        Assert.Equal(
            "role_too_small",
            (await Answers.RefusedAsync(() => admin.Client.UpdateMemberAsync(owner.Org, id, new() { Role = "owner" }, Cancel))).Code
        );
        Assert.Equal(
            "role_too_small",
            (await Answers.RefusedAsync(() => admin.Client.UpdateMemberAsync(owner.Org, ownerId, new() { Role = "viewer" }, Cancel))).Code
        );
        Assert.Equal("role_too_small", (await Answers.RefusedAsync(() => admin.Client.RemoveMemberAsync(owner.Org, ownerId, Cancel))).Code);
    }

    [Fact]
    public async Task Keep_their_last_owner()
    {
        var (owner, _, _) = await WithAsync(Role.Admin);
        var id = await IdAsync(owner);
        Assert.Equal("last_owner", (await Answers.RefusedAsync(() => owner.Client.RemoveMemberAsync(owner.Org, id, Cancel))).Code);
        Assert.Equal(
            "last_owner",
            (await Answers.RefusedAsync(() => owner.Client.UpdateMemberAsync(owner.Org, id, new() { Role = "admin" }, Cancel))).Code
        );
    }

    [Fact]
    public async Task Keep_one_of_two_owners_who_leave_at_the_same_moment()
    {
        var (owner, other, otherId) = await WithAsync(Role.Owner);
        var ownerId = await IdAsync(owner);
        Task<bool> Leave(TenantSession session, Guid id) =>
            session
                .Client.RemoveMemberAsync(owner.Org, id, Cancel)
                .ContinueWith(t => t.IsCompletedSuccessfully, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
        var left = await Task.WhenAll(Leave(owner, ownerId), Leave(other, otherId));
        Assert.Single(left, l => l);
    }

    [Fact]
    public async Task Are_not_told_to_strangers_and_have_no_role_but_the_four()
    {
        var owner = await _app.RegisterAsync();
        var stranger = await _app.RegisterAsync();
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => stranger.Client.ListMembersAsync(owner.Org, Cancel))).Status
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (
                await Answers.RefusedAsync(async () =>
                    await owner.Client.UpdateMemberAsync(owner.Org, await IdAsync(owner), new() { Role = "god" }, Cancel)
                )
            ).Status
        );
    }
}
