using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Models;

namespace GpuGeek.Api.Tests.Models;

public sealed class AnAliasOfAModel(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private const string Model = Planted.Project;
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<TenantSession> TwoVersionsAsync()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        await session.AddModelVersionAsync(version.Id);
        await session.AddModelVersionAsync(version.Id);
        return session;
    }

    private static Task<AliasResponse> SetAsync(TenantSession session, string alias, int version) =>
        session.Client.SetAliasAsync(session.Org, Model, alias, version, Cancel);

    private static Task<DeploymentResponse> DeployAsync(TenantSession session, string name, int? version, string? alias) =>
        session.Client.CreateDeploymentAsync(
            session.Org,
            new()
            {
                Project = Planted.Project,
                Name = name,
                Model = Model,
                Version = version,
                Alias = alias,
            },
            Cancel
        );

    private static Task<DeploymentResponse> GetAsync(TenantSession session, string name) =>
        session.Client.GetDeploymentAsync(session.Org, name, ct: Cancel);

    [Fact]
    public async Task Means_one_version_and_is_moved()
    {
        var session = await TwoVersionsAsync();
        Assert.Equal(1, (await SetAsync(session, "production", 1)).Version);
        await SetAsync(session, "candidate", 2);
        var set = (await SetAsync(session, "production", 1)).SetAt;
        Assert.Equal(
            [("candidate", 2), ("production", 1)],
            (await session.Client.ListAliasesAsync(session.Org, Model, Cancel)).Items.Select(a => (a.Name, a.Version))
        );
        var moved = await SetAsync(session, "production", 2);
        Assert.True(moved.SetAt > set);
        var versions = (await session.Client.ListModelVersionsAsync(session.Org, Model, Cancel)).Items;
        Assert.Equal(["candidate", "production"], versions.Single(v => v.Version == 2).Aliases);
        Assert.Empty((await session.Client.GetModelVersionAsync(session.Org, Model, 1, Cancel)).Aliases);
        await session.Client.DeleteAliasAsync(session.Org, Model, "candidate", Cancel);
        Assert.Equal(["production"], (await session.Client.GetModelVersionAsync(session.Org, Model, 2, Cancel)).Aliases);
    }

    [Fact]
    public async Task Takes_the_deployments_along_that_follow_it_and_no_others()
    {
        var session = await TwoVersionsAsync();
        await SetAsync(session, "production", 1);
        var shop = await DeployAsync(session, "shop", null, "production");
        Assert.Equal((1, "production"), (shop.Version, shop.Alias));
        Assert.Null((await DeployAsync(session, "fixed", 1, null)).Alias);
        Assert.Equal(["shop"], (await SetAsync(session, "production", 2)).Deployments);
        Assert.Equal((2, "starting"), (await GetAsync(session, "shop") is var now ? (now.Version, now.State) : default));
        Assert.Equal(1, (await GetAsync(session, "fixed")).Version);
        // Who names a version stops following; who names an alias begins.
        var stopped = await session.Client.UpdateDeploymentAsync(session.Org, "shop", new() { Version = 1 }, Cancel);
        Assert.Equal((1, null), (stopped.Version, stopped.Alias));
        var follows = await session.Client.UpdateDeploymentAsync(session.Org, "fixed", new() { Alias = "production" }, Cancel);
        Assert.Equal((2, "production"), (follows.Version, follows.Alias));
        await SetAsync(session, "production", 1);
        Assert.Equal((1, 1), ((await GetAsync(session, "shop")).Version, (await GetAsync(session, "fixed")).Version));
        // Another number of replicas changes nothing of that.
        var same = await session.Client.UpdateDeploymentAsync(session.Org, "fixed", new() { Replicas = 1 }, Cancel);
        Assert.Equal("production", same.Alias);
    }

    [Fact]
    public async Task Is_not_moved_by_a_key_that_may_not_change_the_deployments_that_follow_it()
    {
        var session = await TwoVersionsAsync();
        await SetAsync(session, "production", 1);
        var key = await session.Client.CreateKeyAsync(
            session.Org,
            new() { Name = "registry", Scopes = [Scopes.ModelsWrite, Scopes.ModelsRead] },
            Cancel
        );
        var client = new GpuGeekClient(_app.HttpWith(key.Key));
        Assert.Equal(2, (await client.SetAliasAsync(session.Org, Model, "production", 2, Cancel)).Version);
        await DeployAsync(session, "shop", null, "production");
        var refused = await Answers.RefusedAsync(() => client.SetAliasAsync(session.Org, Model, "production", 1, Cancel));
        Assert.Equal((HttpStatusCode.Forbidden, "scope_missing"), (refused.Status, refused.Code));
        Assert.Equal(2, (await GetAsync(session, "shop")).Version);
    }

    [Fact]
    public async Task Is_followed_also_where_it_moves_in_the_same_moment()
    {
        var session = await TwoVersionsAsync();
        await SetAsync(session, "production", 1);
        await DeployAsync(session, "shop", 1, null);
        for (var i = 0; i < 10; i++)
        {
            await session.Client.UpdateDeploymentAsync(session.Org, "shop", new() { Version = 1 }, Cancel);
            var target = i % 2 + 1;
            await Task.WhenAll(
                SetAsync(session, "production", target),
                session.Client.UpdateDeploymentAsync(session.Org, "shop", new() { Alias = "production" }, Cancel),
                SetAsync(session, "production", target)
            );
            Assert.Equal(target, (await GetAsync(session, "shop")).Version);
        }
    }

    [Fact]
    public async Task Is_refused_where_it_is_unclear_unknown_in_use_or_one_too_many()
    {
        var session = await TwoVersionsAsync();
        async Task RefusedAsync(string code, Func<Task> call) => Assert.Equal(code, (await Answers.RefusedAsync(call)).Code);
        await RefusedAsync("invalid_alias", () => SetAsync(session, "Production!", 1));
        await RefusedAsync("unknown_model_version", () => SetAsync(session, "production", 9));
        await RefusedAsync("unknown_alias", () => DeployAsync(session, "shop", null, "production"));
        await RefusedAsync("version_unclear", () => DeployAsync(session, "shop", 1, "production"));
        await RefusedAsync("version_unclear", () => DeployAsync(session, "shop", null, null));
        await SetAsync(session, "production", 1);
        await DeployAsync(session, "shop", null, "production");
        await RefusedAsync(
            "version_unclear",
            () => session.Client.UpdateDeploymentAsync(session.Org, "shop", new() { Version = 1, Alias = "production" }, Cancel)
        );
        await RefusedAsync("alias_in_use", () => session.Client.DeleteAliasAsync(session.Org, Model, "production", Cancel));
        for (var i = 1; i < ModelAlias.MaxPerModel; i++)
            await SetAsync(session, $"a{i}", 1);
        await RefusedAsync("too_many_aliases", () => SetAsync(session, "one-more", 1));
        var gone = await Answers.RefusedAsync(() => session.Client.DeleteAliasAsync(session.Org, Model, "never", Cancel));
        Assert.Equal(HttpStatusCode.NotFound, gone.Status);
    }
}
