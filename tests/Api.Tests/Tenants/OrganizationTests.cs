using System.Net;
using GpuGeek.Api.Tests.Support;

namespace GpuGeek.Api.Tests.Tenants;

public sealed class AnOrganisation(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Is_founded_by_somebody_who_has_one_already_and_is_switched_to()
    {
        var session = await shared.App.RegisterAsync();
        var second = await session.Client.CreateOrganizationAsync("Second house", Cancel);
        Assert.Equal(("Second house", "owner", "trial"), (second.Name, second.Role, second.Plan));
        Assert.Equal([session.Org, second.Slug], (await session.Client.GetMeAsync(Cancel)).Organizations.Select(o => o.Slug));
        await session.Client.CreateProjectAsync(second.Slug, new() { Name = "Flowers" }, Cancel);
        Assert.Empty((await session.Client.ListProjectsAsync(session.Org, Cancel)).Items);
        Assert.Equal(
            ["project.create", "organization.create"],
            (await session.Client.ListAuditAsync(second.Slug, ct: Cancel)).Items.Select(e => e.Action)
        );
    }

    [Fact]
    public async Task Of_the_same_name_gets_an_address_of_its_own()
    {
        var session = await shared.App.RegisterAsync();
        var name = $"House {Planted.NewId():N}";
        var slugs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => session.Client.CreateOrganizationAsync(name, Cancel)));
        Assert.Equal(2, slugs.Select(s => s.Slug).Distinct().Count());
    }

    [Fact]
    public async Task Is_renamed_and_keeps_its_address()
    {
        var session = await shared.App.RegisterAsync();
        var renamed = await session.Client.UpdateOrganizationAsync(session.Org, new() { Name = " Another name " }, Cancel);
        Assert.Equal((session.Org, "Another name"), (renamed.Slug, renamed.Name));
        Assert.Equal("Another name", (await session.Client.GetMeAsync(Cancel)).Organizations.Single().Name);
    }

    [Fact]
    public async Task Is_not_founded_without_end()
    {
        var session = await shared.App.RegisterAsync();
        for (var i = 1; i < 20; i++)
            await session.Client.CreateOrganizationAsync($"House {i}", Cancel);
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "organization_limit"),
            await Answers.RefusedAsync(() => session.Client.CreateOrganizationAsync("One more", Cancel)) is var r
                ? (r.Status, r.Code)
                : default
        );
    }

    [Fact]
    public async Task Is_not_founded_where_registration_is_closed()
    {
        var session = await shared.App.RegisterAsync();
        await using var closed = new ApiApplication(shared.Postgres, registrationOpen: false);
        var client = new Contracts.Client.GpuGeekClient(closed.HttpWith(session.Token), session.Token);
        Assert.False((await client.GetMeAsync(Cancel)).MayCreateOrganizations);
        Assert.Equal(
            (HttpStatusCode.Forbidden, "registration_closed"),
            await Answers.RefusedAsync(() => client.CreateOrganizationAsync("House", Cancel)) is var r ? (r.Status, r.Code) : default
        );
    }

    [Fact]
    public async Task Is_not_founded_by_a_key()
    {
        var session = await shared.App.RegisterAsync();
        var key = await session.Client.CreateKeyAsync(session.Org, new() { Name = "k", Scopes = ["org:admin"] }, Cancel);
        var client = new Contracts.Client.GpuGeekClient(shared.App.HttpWith(key.Key), key.Key);
        Assert.Equal("session_needed", (await Answers.RefusedAsync(() => client.CreateOrganizationAsync("House", Cancel))).Code);
    }
}
