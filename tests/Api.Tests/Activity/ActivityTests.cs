using System.Text.Json;
using System.Xml.Linq;
using GpuGeek.Api.Features.Activity;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Activity;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Tenants;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Activity;

public sealed class TheActivityOfAProject(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static async Task<IReadOnlyList<ActivityResponse>> ReadAsync(TenantSession session, string project = Planted.Project) =>
        (await session.Client.ListActivityAsync(session.Org, project, ct: Cancel)).Items;

    [Fact]
    public async Task Tells_what_was_done_to_what_in_the_order_of_time()
    {
        var (owner, dataset, version) = await _app.RegisterWithVersionAsync();
        var model = await owner.AddModelVersionAsync(version.Id);
        await owner.Client.UpdateRunAsync(owner.Org, model.RunId, new() { Name = "Night run" }, Cancel);
        await owner.Client.CreateRunCommentAsync(owner.Org, model.RunId, new() { Text = new string('x', 300) }, Cancel);
        await owner.Client.CreateDeploymentAsync(
            owner.Org,
            new()
            {
                Project = Planted.Project,
                Name = "shop",
                Model = "flowers",
                Version = 1,
            },
            Cancel
        );
        await owner.Client.CreateShareLinkAsync(owner.Org, Planted.Project, new() { Model = "flowers", Version = 1 }, Cancel);
        var run = new ActivitySubject("run", model.RunId.ToString(), "Night run", null, true);
        Assert.Equal(
            [
                ("share_link.create", new("model_version", "flowers/1", "flowers v1", null, true)),
                ("deployment.create", new("deployment", "shop", "shop", null, true)),
                ("comment.create", run),
                ("run.update", run),
                ("run.create", run),
                ("version.create", new("dataset_version", version.Id.ToString(), "flowers5 v1", dataset.Id, true)),
                ("dataset.create", new("dataset", dataset.Id.ToString(), "flowers5", null, true)),
                ("project.create", new("project", "flowers", "Flowers", null, true)),
            ],
            (await ReadAsync(owner)).Select(a => (a.Action, a.Subject))
        );
        Assert.Equal([201], (await ReadAsync(owner)).Where(a => a.Excerpt is not null).Select(a => a.Excerpt!.Length));
    }

    /// <summary>Before, a key with only datasets:read could read the names of runs and the comments on them.</summary>
    [Theory]
    [InlineData(Scopes.DatasetsRead, "dataset.create project.create version.create")]
    [InlineData("datasets:read runs:read", "comment.create dataset.create project.create run.create run.update version.create")]
    [InlineData("datasets:read deployments:read models:read", "dataset.create deployment.create project.create version.create")]
    public async Task Tells_an_API_key_what_its_scopes_let_it_read(string scopes, string actions)
    {
        var (owner, _, version) = await _app.RegisterWithVersionAsync();
        var model = await owner.AddModelVersionAsync(version.Id);
        await owner.Client.UpdateRunAsync(owner.Org, model.RunId, new() { Name = "Night run" }, Cancel);
        await owner.Client.CreateRunCommentAsync(owner.Org, model.RunId, new() { Text = "secret of the run" }, Cancel);
        await owner.Client.CreateDeploymentAsync(
            owner.Org,
            new()
            {
                Project = Planted.Project,
                Name = "shop",
                Model = "flowers",
                Version = 1,
            },
            Cancel
        );
        await owner.Client.CreateShareLinkAsync(owner.Org, Planted.Project, new() { Model = "flowers", Version = 1 }, Cancel);
        var key = await owner.Client.CreateKeyAsync(owner.Org, new() { Name = "k", Scopes = scopes.Split(' ') }, Cancel);
        var seen = await new Contracts.Client.GpuGeekClient(_app.HttpWith(key.Key)).ListActivityAsync(
            owner.Org,
            Planted.Project,
            ct: Cancel
        );
        Assert.Equal(actions, string.Join(' ', seen.Items.Select(a => a.Action).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Says_who_and_neither_where_nor_how()
    {
        var (owner, dataset, _) = await _app.RegisterWithVersionAsync();
        var key = await owner.Client.CreateKeyAsync(owner.Org, new() { Name = "nightly key", Scopes = [Scopes.DatasetsWrite] }, Cancel);
        await new Contracts.Client.GpuGeekClient(_app.HttpWith(key.Key)).UpdateDatasetAsync(
            owner.Org,
            dataset.Id,
            new() { Name = "renamed" },
            Cancel
        );
        var viewer = await _app.JoinAsync(owner, Role.Viewer);
        var seen = await ReadAsync(viewer);
        Assert.Equal(("dataset.update", true), (seen[0].Action, seen[0].ByKey));
        Assert.All(seen, a => Assert.StartsWith("Person", a.Who, StringComparison.Ordinal));
        var body = await viewer.Http.GetStringAsync(new Uri(viewer.At("projects/flowers/activity"), UriKind.Relative), Cancel);
        foreach (var secret in (string[])["10.0.", owner.Email, "nightly", "seed"])
            Assert.DoesNotContain(secret, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Knows_nothing_of_other_projects_and_of_the_organisations_own_affairs()
    {
        var (owner, _) = await _app.RegisterWithProjectAsync();
        var other = await owner.Client.CreateProjectAsync(owner.Org, new() { Name = "Other" }, Cancel);
        await owner.Client.CreateKeyAsync(owner.Org, new() { Name = "k", Scopes = [Scopes.Predict] }, Cancel);
        await owner.Client.CreateInvitationAsync(owner.Org, new() { Role = "viewer" }, Cancel);
        await owner.Client.ChangeSubscriptionAsync(owner.Org, new() { Plan = "monthly" }, Cancel);
        await owner.Client.CreateDatasetAsync(owner.Org, new() { Project = other.Slug, Name = "data" }, Cancel);
        Assert.Equal(["project.create"], (await ReadAsync(owner)).Select(a => a.Action));
        Assert.Equal(["dataset.create", "project.create"], (await ReadAsync(owner, other.Slug)).Select(a => a.Action));
    }

    [Fact]
    public async Task Shows_deleted_items_with_their_last_name()
    {
        var (owner, _, version) = await _app.RegisterWithVersionAsync();
        var run = await owner.StartRunAsync(version.Id);
        await owner.Client.UpdateRunAsync(owner.Org, run.Id, new() { Name = "Short" }, Cancel);
        await owner.Client.CancelRunAsync(owner.Org, run.Id, Cancel);
        await owner.Client.DeleteRunAsync(owner.Org, run.Id, Cancel);
        var seen = (await ReadAsync(owner)).Where(a => a.Subject.Kind == "run").ToList();
        Assert.Equal(
            [("run.delete", "Short"), ("run.cancel", ""), ("run.update", "Short"), ("run.create", "")],
            seen.Select(a => (a.Action, a.Subject.Name))
        );
        Assert.All(seen, a => Assert.False(a.Subject.Exists));
    }

    /// <summary>An action that no route has any more, or that the pages have no text for, would go unnoticed.</summary>
    [Fact]
    public void Knows_only_actions_that_a_route_makes_and_that_both_languages_have_a_sentence_for()
    {
        var made = shared
            .App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Where(e => e.Metadata.GetMetadata<Needs>() is not null)
            .Select(e =>
                JsonNamingPolicy
                    .SnakeCaseLower.ConvertName(e.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName)
                    .Split('_', 2)
            )
            .Where(w => w.Length == 2)
            .Select(w => $"{w[1]}.{w[0]}")
            .ToHashSet();
        Assert.Empty(ActivityEndpoints.Actions.Except(made));
        foreach (var file in (string[])["ActivityText.resx", "ActivityText.zh-Hans.resx"])
        {
            var texts = XDocument
                .Load(Path.Combine(SharedData.RepositoryRoot, "src", "Web", "Localization", file))
                .Root!.Elements("data")
                .Select(d => (string)d.Attribute("name")!);
            Assert.Equal(
                [.. ActivityEndpoints.Actions.Append("comment.create").Order(StringComparer.Ordinal)],
                texts.Where(t => t.StartsWith("Did.", StringComparison.Ordinal)).Select(t => t[4..]).Order(StringComparer.Ordinal)
            );
        }
    }

    [Fact]
    public async Task Is_read_page_by_page_with_comments_and_changes_mixed()
    {
        var (owner, _, version) = await _app.RegisterWithVersionAsync();
        var run = await owner.StartRunAsync(version.Id);
        for (var i = 0; i < 4; i++)
        {
            await owner.Client.CreateRunCommentAsync(owner.Org, run.Id, new() { Text = $"{i}" }, Cancel);
            await owner.Client.UpdateRunAsync(owner.Org, run.Id, new() { Name = $"{i}" }, Cancel);
        }
        var whole = await ReadAsync(owner);
        var seen = new List<ActivityResponse>();
        string? next = null;
        do
        {
            var page = await owner.Client.ListActivityAsync(owner.Org, Planted.Project, next, limit: 3, Cancel);
            seen.AddRange(page.Items);
            next = page.Next;
        } while (next is not null);
        Assert.Equal(12, whole.Count);
        Assert.Equal(whole, seen);
        Assert.Equal(whole.OrderByDescending(a => a.At).Select(a => a.Id), seen.Select(a => a.Id));
    }
}
