using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Deletions;

public sealed class WhatIsDeleted(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>A project with a dataset, a model of two runs and an endpoint.</summary>
    private async Task<(TenantSession Session, Guid Dataset, Guid Version)> FullAsync()
    {
        var (session, dataset, version) = await shared.App.RegisterWithVersionAsync();
        var model = await session.AddModelVersionAsync(version.Id);
        var (org, project) = (await session.OrgIdAsync(), (await session.Client.GetProjectAsync(session.Org, Planted.Project, Cancel)).Id);
        await using var db = shared.App.SystemDatabase();
        db.Deployments.Add(
            new()
            {
                OrgId = org,
                Id = Planted.NewId(),
                ProjectId = project,
                Name = "shop",
                ModelVersionId = model.Id,
                State = DeploymentState.Failed,
                CreatedAt = Planted.Now,
                UpdatedAt = Planted.Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        return (session, dataset.Id, version.Id);
    }

    private static async Task<HttpStatusCode> StatusAsync(TenantSession session, string path, HttpMethod? method = null)
    {
        using var response = await session.Http.SendAsync(new(method ?? HttpMethod.Get, session.At(path)), Cancel);
        return response.StatusCode;
    }

    private static async Task<Guid> DeletionAsync(TenantSession session, string kind) =>
        (await session.Client.ListDeletionsAsync(session.Org, Cancel)).Items.Single(d => d.Kind == kind).Id;

    [Fact]
    public async Task Is_shown_before_anything_happens()
    {
        var (session, dataset, version) = await FullAsync();
        await session.StartRunAsync(version);
        var ofDataset = await session.Client.PreviewDatasetDeletionAsync(session.Org, dataset, Cancel);
        Assert.Equal(
            ("dataset", "flowers5", 7, 1, 20, 1, 0, 1, 2),
            (
                ofDataset.Kind,
                ofDataset.Name,
                ofDataset.GraceDays,
                ofDataset.Datasets,
                ofDataset.Images,
                ofDataset.DatasetVersions,
                ofDataset.Runs,
                ofDataset.ActiveRuns,
                ofDataset.RunsKept
            )
        );
        var ofProject = await session.Client.PreviewProjectDeletionAsync(session.Org, Planted.Project, Cancel);
        Assert.Equal(
            ("project", 1, 1, 20, 2, 1, 1, 0),
            (
                ofProject.Kind,
                ofProject.Projects,
                ofProject.Datasets,
                ofProject.Images,
                ofProject.Runs,
                ofProject.ActiveRuns,
                ofProject.ModelVersions,
                ofProject.Members
            )
        );
        Assert.Equal(["shop"], ofProject.Deployments);
        await session.Client.CreateKeyAsync(session.Org, new() { Name = "k", Scopes = ["predict"] }, Cancel);
        var whole = await session.Client.PreviewOrganizationDeletionAsync(session.Org, Cancel);
        Assert.Equal(("organization", 1, 1, 1), (whole.Kind, whole.Projects, whole.Members, whole.Keys));
        Assert.Equal(
            ofProject,
            await session.Client.PreviewProjectDeletionAsync(session.Org, Planted.Project, Cancel) with
            {
                Deployments = ofProject.Deployments,
            }
        );
    }

    [Fact]
    public async Task As_a_dataset_hides_all_that_lies_in_it_and_leaves_what_was_learned_from_it()
    {
        var (session, dataset, version) = await FullAsync();
        var active = await session.StartRunAsync(version);
        var image = (await session.Client.ListImagesAsync(session.Org, dataset, ct: Cancel)).Items[0].Id;
        var import = (await session.Client.CreateImportAsync(session.Org, dataset, new() { Sample = "shapes" }, Cancel)).Id;
        string[] inside =
        [
            $"datasets/{dataset}",
            $"datasets/{dataset}/stats",
            $"datasets/{dataset}/images",
            $"datasets/{dataset}/images/{image}",
            $"datasets/{dataset}/versions",
            $"datasets/{dataset}/versions/{version}",
            $"datasets/{dataset}/versions/{version}/manifest",
            $"datasets/{dataset}/imports",
            $"datasets/{dataset}/imports/{import}",
            $"datasets/{dataset}/imports/{import}/skipped",
        ];
        foreach (var path in inside)
            Assert.Equal((path, HttpStatusCode.OK), (path, await StatusAsync(session, path)));

        await session.Client.DeleteDatasetAsync(session.Org, dataset, Cancel);
        await session.Client.DeleteDatasetAsync(session.Org, dataset, Cancel);
        foreach (var path in inside)
            Assert.Equal((path, HttpStatusCode.NotFound), (path, await StatusAsync(session, path)));
        Assert.Empty((await session.Client.ListDatasetsAsync(session.Org, Planted.Project, Cancel)).Items);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(session, $"datasets/{dataset}/images/{image}", HttpMethod.Delete));
        var runs = (await session.Client.ListRunsAsync(session.Org, ct: Cancel)).Items;
        Assert.All(runs, r => Assert.Equal(("flowers5", 1, true), (r.DatasetName, r.DatasetVersionNumber, r.DatasetDeleted)));
        Assert.Equal(["canceled", "succeeded"], runs.Select(r => r.State));
        Assert.Equal(["daisy", "rose"], runs.Single(r => r.State == "succeeded").Result!.Classes);
        Assert.Equal(active.Id, runs[0].Id);
        Assert.Single((await session.Client.ListModelsAsync(session.Org, ct: Cancel)).Items);
        Assert.Equal("unknown_dataset_version", (await Answers.RefusedAsync(() => session.StartRunAsync(version))).Code);

        await session.Client.RestoreDeletionAsync(session.Org, await DeletionAsync(session, "dataset"), Cancel);
        foreach (var path in inside)
            Assert.Equal((path, HttpStatusCode.OK), (path, await StatusAsync(session, path)));
        Assert.False((await session.Client.GetRunAsync(session.Org, active.Id, ct: Cancel)).DatasetDeleted);
        Assert.Empty((await session.Client.ListDeletionsAsync(session.Org, Cancel)).Items);
    }

    [Fact]
    public async Task As_a_project_is_gone_from_every_list_and_comes_back_whole()
    {
        var (session, dataset, version) = await FullAsync();
        var active = await session.StartRunAsync(version);
        string[] inside =
        [
            $"projects/{Planted.Project}",
            $"datasets/{dataset}",
            $"runs/{active.Id}",
            $"runs/{active.Id}/metrics",
            "models/flowers/versions",
            "models/flowers/versions/1",
            "models/flowers/versions/1/predictions",
            "deployments/shop",
        ];
        async Task<int> ListedAsync() =>
            (await session.Client.ListProjectsAsync(session.Org, Cancel)).Items.Count
            + (await session.Client.ListDatasetsAsync(session.Org, Planted.Project, Cancel)).Items.Count
            + (await session.Client.ListRunsAsync(session.Org, ct: Cancel)).Items.Count
            + (await session.Client.ListModelsAsync(session.Org, ct: Cancel)).Items.Count
            + (await session.Client.ListDeploymentsAsync(session.Org, ct: Cancel)).Items.Count;
        foreach (var path in inside)
            Assert.Equal((path, HttpStatusCode.OK), (path, await StatusAsync(session, path)));
        Assert.Equal(6, await ListedAsync());

        await session.Client.DeleteProjectAsync(session.Org, Planted.Project, Cancel);
        foreach (var path in inside)
            Assert.Equal((path, HttpStatusCode.NotFound), (path, await StatusAsync(session, path)));
        Assert.Equal(0, await ListedAsync());
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(session, "deployments/shop/predict", HttpMethod.Post));
        Assert.Equal(0, (await session.Client.GetSubscriptionAsync(session.Org, Cancel)).ThisMonth.ActiveRuns);

        var deletion = (await session.Client.ListDeletionsAsync(session.Org, Cancel)).Items.Single();
        Assert.Equal(("project", "Flowers", Deletion.Grace), (deletion.Kind, deletion.Name, deletion.PurgeAt - deletion.RequestedAt));
        await session.Client.RestoreDeletionAsync(session.Org, deletion.Id, Cancel);
        foreach (var path in inside)
            Assert.Equal((path, HttpStatusCode.OK), (path, await StatusAsync(session, path)));
        Assert.Equal(6, await ListedAsync());
        Assert.Equal("canceled", (await session.Client.GetRunAsync(session.Org, active.Id, ct: Cancel)).State);
        Assert.Equal(
            ["deletion.restore", "project.delete"],
            (await session.Client.ListAuditAsync(session.Org, ct: Cancel)).Items.Take(2).Select(e => e.Action)
        );
    }

    [Fact]
    public async Task Gives_its_name_free_and_waits_for_it_when_it_comes_back()
    {
        var (session, _, _) = await FullAsync();
        await session.Client.DeleteProjectAsync(session.Org, Planted.Project, Cancel);
        var second = await session.Client.CreateProjectAsync(session.Org, new() { Name = "Flowers" }, Cancel);
        Assert.Equal(Planted.Project, second.Slug);
        var first = await DeletionAsync(session, "project");
        Assert.Equal(
            (HttpStatusCode.Conflict, "name_taken"),
            await Answers.RefusedAsync(() => session.Client.RestoreDeletionAsync(session.Org, first, Cancel)) is var r
                ? (r.Status, r.Code)
                : default
        );
        await session.Client.DeleteProjectAsync(session.Org, second.Slug, Cancel);
        await session.Client.RestoreDeletionAsync(session.Org, first, Cancel);
        Assert.NotEqual(second.Id, (await session.Client.GetProjectAsync(session.Org, Planted.Project, Cancel)).Id);
    }

    [Fact]
    public async Task Before_its_project_comes_back_after_its_project()
    {
        var (session, dataset, _) = await FullAsync();
        await session.Client.DeleteDatasetAsync(session.Org, dataset, Cancel);
        await session.Client.DeleteProjectAsync(session.Org, Planted.Project, Cancel);
        var (ofDataset, ofProject) = (await DeletionAsync(session, "dataset"), await DeletionAsync(session, "project"));
        Assert.Equal(
            "project_deleted",
            (await Answers.RefusedAsync(() => session.Client.RestoreDeletionAsync(session.Org, ofDataset, Cancel))).Code
        );
        await session.Client.RestoreDeletionAsync(session.Org, ofProject, Cancel);
        Assert.Empty((await session.Client.ListDatasetsAsync(session.Org, Planted.Project, Cancel)).Items);
        await session.Client.RestoreDeletionAsync(session.Org, ofDataset, Cancel);
        Assert.Single((await session.Client.ListDatasetsAsync(session.Org, Planted.Project, Cancel)).Items);
    }

    [Fact]
    public async Task Too_long_ago_does_not_come_back()
    {
        var (session, dataset, _) = await FullAsync();
        await session.Client.DeleteDatasetAsync(session.Org, dataset, Cancel);
        var deletion = await DeletionAsync(session, "dataset");
        await using var db = shared.App.SystemDatabase();
        await db
            .Deletions.IgnoreTenantFilter()
            .Where(d => d.Id == deletion)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.PurgeAt, Planted.Now.AddSeconds(-1)), Cancel);
        Assert.Empty((await session.Client.ListDeletionsAsync(session.Org, Cancel)).Items);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => session.Client.RestoreDeletionAsync(session.Org, deletion, Cancel))).Status
        );
    }

    [Fact]
    public async Task As_an_organisation_shuts_everybody_out_until_an_owner_restores_it()
    {
        var (session, dataset, _) = await FullAsync();
        var admin = await shared.App.JoinAsync(session, Role.Admin);
        var key = await session.Client.CreateKeyAsync(session.Org, new() { Name = "k", Scopes = ["datasets:read"] }, Cancel);
        var keyed = shared.App.HttpWith(key.Key);
        var invitation = await session.Client.CreateInvitationAsync(session.Org, new() { Role = "viewer" }, Cancel);
        var token = invitation.Url[(invitation.Url.IndexOf('#', StringComparison.Ordinal) + 1)..];
        var id = await session.OrgIdAsync();

        await session.Client.DeleteOrganizationAsync(session.Org, Cancel);
        foreach (var who in (HttpClient[])[session.Http, admin.Http, keyed])
            Assert.Equal(
                HttpStatusCode.NotFound,
                (await who.GetAsync(new Uri(session.At($"datasets/{dataset}"), UriKind.Relative), Cancel)).StatusCode
            );
        Assert.Empty((await session.Client.GetMeAsync(Cancel)).Organizations);
        Assert.Equal("invitation_invalid", (await Answers.RefusedAsync(() => session.Client.LookAtInvitationAsync(token, Cancel))).Code);
        Assert.Empty((await admin.Client.ListDeletedOrganizationsAsync(Cancel)).Items);
        Assert.Equal(HttpStatusCode.NotFound, (await Answers.RefusedAsync(() => admin.Client.RestoreOrganizationAsync(id, Cancel))).Status);
        // Whoever registers now does not get its address.
        await using (var nobody = shared.App.Contexts.ForNobody())
            Assert.True(
                (await nobody.Database.SqlQuery<bool>($"SELECT slug_taken({session.Org}) AS \"Value\"").ToListAsync(Cancel)).Single()
            );

        var deleted = Assert.Single((await session.Client.ListDeletedOrganizationsAsync(Cancel)).Items);
        Assert.Equal((id, session.Org, Deletion.Grace), (deleted.Id, deleted.Slug, deleted.PurgeAt - deleted.RequestedAt));
        await session.Client.RestoreOrganizationAsync(id, Cancel);
        foreach (var who in (HttpClient[])[session.Http, admin.Http, keyed])
            Assert.Equal(
                HttpStatusCode.OK,
                (await who.GetAsync(new Uri(session.At($"datasets/{dataset}"), UriKind.Relative), Cancel)).StatusCode
            );
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(session, "deployments/shop"));
        Assert.Equal(
            ["organization.restore", "organization.delete"],
            (await session.Client.ListAuditAsync(session.Org, ct: Cancel)).Items.Take(2).Select(e => e.Action)
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => session.Client.RestoreOrganizationAsync(id, Cancel))).Status
        );
    }

    [Fact]
    public async Task While_runs_are_started_in_it_leaves_none_going()
    {
        var (session, _, version) = await FullAsync();
        await session.PlanAsync("monthly");
        var starts = Enumerable.Range(0, 12).Select(_ => Record.ExceptionAsync(() => session.StartRunAsync(version)).AsTask()).ToList();
        await session.Client.DeleteProjectAsync(session.Org, Planted.Project, Cancel);
        foreach (var refused in (await Task.WhenAll(starts)).OfType<Contracts.Client.ApiException>())
            Assert.Equal("unknown_project", refused.Problem.Code);
        await using var db = shared.App.SystemDatabase();
        var org = await session.OrgIdAsync();
        var runs = await db.Runs.IgnoreTenantFilter().Where(r => r.OrgId == org).ToListAsync(Cancel);
        Assert.All(runs, r => Assert.True(r.IsFinished && r.DeletionId is not null, $"{r.State} {r.DeletionId}"));
    }

    [Fact]
    public async Task At_the_same_moment_by_many_is_deleted_once()
    {
        var (session, _, _) = await FullAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => session.Client.DeleteProjectAsync(session.Org, Planted.Project, Cancel)));
        Assert.Single((await session.Client.ListDeletionsAsync(session.Org, Cancel)).Items);
        Assert.Single((await session.Client.ListAuditAsync(session.Org, "project.delete", ct: Cancel)).Items);
    }
}
