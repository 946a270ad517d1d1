using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Comments;

/// <summary>Links and comments follow their subject: hidden while it is deleted, visible when it is restored.</summary>
public sealed class WhatIsSharedAndSaid(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<string> LookAsync(string url)
    {
        try
        {
            return (
                await new GpuGeekClient(_app.HttpWith(null)).LookAtSharedAsync(
                    url[(url.IndexOf('#', StringComparison.Ordinal) + 1)..],
                    Cancel
                )
            )
                .Run!
                .DatasetName;
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return e.Problem.Code!;
        }
    }

    private static async Task RestoreAsync(TenantSession owner) =>
        await owner.Client.RestoreDeletionAsync(
            owner.Org,
            (await owner.Client.ListDeletionsAsync(owner.Org, Cancel)).Items.Single().Id,
            Cancel
        );

    [Fact]
    public async Task Of_a_deleted_dataset_is_hidden_and_of_its_run_is_not()
    {
        var (owner, dataset, version) = await _app.RegisterWithVersionAsync();
        var run = (await owner.AddModelVersionAsync(version.Id)).RunId;
        var ann = await _app.JoinAsync(owner, Role.Viewer);
        var said = await owner.Client.CreateVersionCommentAsync(
            owner.Org,
            dataset.Id,
            version.Id,
            new() { Text = $"@{ann.Email} look" },
            Cancel
        );
        var onRun = await owner.Client.CreateRunCommentAsync(owner.Org, run, new() { Text = "well" }, Cancel);
        var link = (await owner.Client.CreateShareLinkAsync(owner.Org, Planted.Project, new() { Run = run }, Cancel)).Url;
        await owner.Client.DeleteDatasetAsync(owner.Org, dataset.Id, Cancel);
        Assert.Equal(
            (0, 0),
            (
                (await ann.Client.CountUnreadMentionsAsync(owner.Org, Cancel)).Count,
                (await ann.Client.ListMentionsAsync(owner.Org, ct: Cancel)).Items.Count
            )
        );
        Assert.Equal("not_found", (await Answers.RefusedAsync(() => owner.Client.GetCommentAsync(owner.Org, said.Id, Cancel))).Code);
        Assert.Equal("well", (await owner.Client.GetCommentAsync(owner.Org, onRun.Id, Cancel)).Text);
        Assert.Equal("flowers5", await LookAsync(link));
        Assert.Equal(
            ["dataset.delete", "share_link.create", "comment.create", "run.create"],
            (await owner.Client.ListActivityAsync(owner.Org, Planted.Project, limit: 4, ct: Cancel)).Items.Select(a => a.Action)
        );
        await RestoreAsync(owner);
        Assert.Equal(1, (await ann.Client.CountUnreadMentionsAsync(owner.Org, Cancel)).Count);
        var newest = (await owner.Client.ListActivityAsync(owner.Org, Planted.Project, limit: 2, ct: Cancel)).Items;
        Assert.Equal([("deletion.restore", "flowers5"), ("dataset.delete", "flowers5")], newest.Select(a => (a.Action, a.Subject.Name)));
    }

    [Fact]
    public async Task Of_a_deleted_project_is_hidden_until_it_is_restored()
    {
        var (owner, _, version) = await _app.RegisterWithVersionAsync();
        var run = (await owner.AddModelVersionAsync(version.Id)).RunId;
        var ann = await _app.JoinAsync(owner, Role.Viewer);
        await owner.Client.CreateRunCommentAsync(owner.Org, run, new() { Text = $"@{ann.Email} look" }, Cancel);
        var link = (await owner.Client.CreateShareLinkAsync(owner.Org, Planted.Project, new() { Run = run }, Cancel)).Url;
        await owner.Client.DeleteProjectAsync(owner.Org, Planted.Project, Cancel);
        Assert.Equal("share_link_invalid", await LookAsync(link));
        Assert.Equal(0, (await ann.Client.CountUnreadMentionsAsync(owner.Org, Cancel)).Count);
        await RestoreAsync(owner);
        Assert.Equal("flowers5", await LookAsync(link));
        Assert.Equal(1, (await ann.Client.CountUnreadMentionsAsync(owner.Org, Cancel)).Count);
        Assert.Equal(
            [("deletion.restore", "Flowers"), ("project.delete", "Flowers")],
            (await owner.Client.ListActivityAsync(owner.Org, Planted.Project, limit: 2, ct: Cancel)).Items.Select(a =>
                (a.Action, a.Subject.Name)
            )
        );
    }

    [Fact]
    public async Task Of_a_deleted_organisation_is_not_shown()
    {
        var (owner, _, version) = await _app.RegisterWithVersionAsync();
        var run = (await owner.AddModelVersionAsync(version.Id)).RunId;
        var link = (await owner.Client.CreateShareLinkAsync(owner.Org, Planted.Project, new() { Run = run }, Cancel)).Url;
        await owner.Client.DeleteOrganizationAsync(owner.Org, Cancel);
        Assert.Equal("share_link_invalid", await LookAsync(link));
    }
}
