using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Sharing;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Sharing;

public sealed partial class AShareLink(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private GpuGeekClient Visitor => new(_app.HttpWith(null));

    private static string Token(CreatedShareLinkResponse link) => link.Url[(link.Url.IndexOf('#', StringComparison.Ordinal) + 1)..];

    private static Task<CreatedShareLinkResponse> ShareAsync(TenantSession session, Guid run, int days = 14) =>
        session.Client.CreateShareLinkAsync(session.Org, Planted.Project, new() { Run = run, Days = days }, Cancel);

    private async Task<(TenantSession Session, ModelVersion Version)> TrainedAsync()
    {
        var (session, _, data) = await _app.RegisterWithVersionAsync();
        var version = await session.AddModelVersionAsync(data.Id);
        await using var db = _app.SystemDatabase();
        string[] names = ["train/loss", "val/accuracy", "system/memory_bytes"];
        db.MetricPoints.AddRange(
            names.Select(
                (name, i) =>
                    new Domain.Runs.MetricPoint
                    {
                        OrgId = version.OrgId,
                        RunId = version.RunId,
                        Name = name,
                        Step = 1,
                        Seq = i + 1,
                        Epoch = 1,
                        Value = 0.5,
                        At = Planted.Now,
                    }
            )
        );
        await db.SaveChangesAsync(Cancel);
        return (session, version);
    }

    private async Task<string> AnswerAsync(string token)
    {
        using var response = await _app.HttpWith(null).PostAsJsonAsync("/api/v1/shared/look", new { token }, Cancel);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsStringAsync(Cancel)
            : $"{(int)response.StatusCode} {response.Content.Headers} {await response.WithoutRequestIdAsync()}";
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Ids();

    [Fact]
    public async Task Of_a_run_shows_a_stranger_its_recipe_curves_and_result()
    {
        var (session, version) = await TrainedAsync();
        var link = await ShareAsync(session, version.RunId);
        Assert.StartsWith("http://gpugeek.test/shared#gg_share_", link.Url, StringComparison.Ordinal);
        var seen = await Visitor.LookAtSharedAsync(Token(link), Cancel);
        Assert.Equal((await session.Client.GetOrganizationAsync(session.Org, Cancel)).Name, seen.Organization);
        Assert.Equal(("Flowers", link.ExpiresAt, null), (seen.Project, seen.ExpiresAt, seen.Model));
        Assert.InRange(seen.ExpiresAt - Planted.Now, TimeSpan.FromDays(13.9), TimeSpan.FromDays(14));
        var run = seen.Run!;
        Assert.Equal(
            ("succeeded", "flowers5", 1, "mobilenet_v2"),
            (run.State, run.DatasetName, run.DatasetVersionNumber, run.Recipe.Model.Architecture)
        );
        Assert.Equal(["daisy", "rose"], run.Classes);
        Assert.Equal(["train/loss", "val/accuracy"], run.Curves.Select(p => p.Name));
        Assert.Equal((0.75, (0.8 + 2 / 3.0) / 2), (run.Result!.TestAccuracy, run.Result.MacroF1));
        Assert.Equal(version.Result.Confusion, run.Result.Confusion);
    }

    [Fact]
    public async Task Of_a_model_version_shows_that_version()
    {
        var (session, _) = await TrainedAsync();
        var link = await session.Client.CreateShareLinkAsync(
            session.Org,
            Planted.Project,
            new()
            {
                Model = "flowers",
                Version = 1,
                Days = 1,
            },
            Cancel
        );
        var seen = await Visitor.LookAtSharedAsync(Token(link), Cancel);
        Assert.Null(seen.Run);
        Assert.Equal(
            ("flowers", 1, "mobilenet_v2", 224),
            (seen.Model!.Name, seen.Model.Version, seen.Model.Architecture, seen.Model.InputSize)
        );
        Assert.Equal(2, seen.Model.Result.PerClass.Count);
    }

    /// <summary>Of both kinds: no id, no person, no file, no money, nothing of where it was trained.</summary>
    [Fact]
    public async Task Shows_nothing_else()
    {
        var (session, version) = await TrainedAsync();
        var links = (CreatedShareLinkResponse[])
            [
                await ShareAsync(session, version.RunId),
                await session.Client.CreateShareLinkAsync(session.Org, Planted.Project, new() { Model = "flowers", Version = 1 }, Cancel),
            ];
        foreach (var link in links)
        {
            var body = await AnswerAsync(Token(link));
            Assert.DoesNotMatch(Ids(), body);
            foreach (
                var secret in (string[])
                    [session.Email, session.Org, "Person", "cost", "worker", "sha256", "/api/", "memory", version.OnnxHash, "gg_"]
            )
                Assert.DoesNotContain(secret, body, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task That_is_good_no_more_answers_as_one_that_never_was()
    {
        var (session, version) = await TrainedAsync();
        var unknown = await AnswerAsync(TokenFormat.Create(TokenKind.ShareLink));
        Assert.Contains("share_link_invalid", unknown, StringComparison.Ordinal);
        var (revoked, old, orphan) = (
            await ShareAsync(session, version.RunId),
            await ShareAsync(session, version.RunId),
            await session.StartRunAsync(version.DatasetVersionId)
        );
        var gone = await ShareAsync(session, orphan.Id);
        Assert.Contains("\"run\":{", await AnswerAsync(Token(revoked)), StringComparison.Ordinal);
        await session.Client.RevokeShareLinkAsync(session.Org, Planted.Project, revoked.Id, Cancel);
        await session.Client.CancelRunAsync(session.Org, orphan.Id, Cancel);
        await session.Client.DeleteRunAsync(session.Org, orphan.Id, Cancel);
        await using (var db = _app.SystemDatabase())
        {
            await db.Database.ExecuteSqlAsync($"UPDATE share_links SET expires_at = now() WHERE id = {old.Id}", Cancel);
        }
        foreach (
            var token in (string[])
                [Token(revoked), Token(old), Token(gone), TokenFormat.Create(TokenKind.Session), session.Token, "x", Token(revoked) + "x"]
        )
            Assert.Equal(unknown, await AnswerAsync(token));
        Assert.Equal(
            ["expired", "revoked"],
            (await session.Client.ListShareLinksAsync(session.Org, Planted.Project, ct: Cancel)).Items.Select(l => l.State)
        );
    }

    [Fact]
    public async Task Is_listed_with_who_made_it_and_when_it_was_opened()
    {
        var (session, version) = await TrainedAsync();
        var link = await ShareAsync(session, version.RunId, days: 90);
        await session.Client.CreateShareLinkAsync(session.Org, Planted.Project, new() { Model = "flowers", Version = 1 }, Cancel);
        Assert.All(
            (await session.Client.ListShareLinksAsync(session.Org, Planted.Project, ct: Cancel)).Items,
            l => Assert.Null(l.LastOpenedAt)
        );
        await Visitor.LookAtSharedAsync(Token(link), Cancel);
        var viewer = await _app.JoinAsync(session, Role.Viewer);
        var listed = (await viewer.Client.ListShareLinksAsync(session.Org, Planted.Project, run: version.RunId, ct: Cancel)).Items.Single();
        Assert.Equal((link.Id, "live", version.RunId, null), (listed.Id, listed.State, listed.Run, listed.ModelVersion));
        Assert.StartsWith("Person", listed.CreatedBy, StringComparison.Ordinal);
        Assert.NotNull(listed.LastOpenedAt);
        Assert.Equal(
            "flowers v1",
            (await session.Client.ListShareLinksAsync(session.Org, Planted.Project, model: "flowers", version: 1, ct: Cancel))
                .Items.Single()
                .Name
        );
        Assert.Empty(
            (await session.Client.ListShareLinksAsync(session.Org, Planted.Project, model: "flowers", version: 2, ct: Cancel)).Items
        );
    }

    [Fact]
    public async Task Is_kept_as_a_hash_and_signs_nobody_in()
    {
        var (session, version) = await TrainedAsync();
        var link = await ShareAsync(session, version.RunId);
        await using var db = _app.SystemDatabase();
        Assert.Equal(
            TokenFormat.Hash(Token(link)),
            (await db.ShareLinks.IgnoreTenantFilter().SingleAsync(l => l.Id == link.Id, Cancel)).Hash
        );
        Assert.DoesNotContain(
            Token(link),
            string.Join(' ', (await session.Client.ListAuditAsync(session.Org, ct: Cancel)).Items),
            StringComparison.Ordinal
        );
        foreach (var path in (string[])["account/me", $"orgs/{session.Org}/runs/{version.RunId}"])
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await _app.HttpWith(Token(link)).GetAsync(new Uri("/api/v1/" + path, UriKind.Relative), Cancel)).StatusCode
            );
    }

    [Fact]
    public async Task Shows_a_thing_of_its_own_project_only()
    {
        var (session, version) = await TrainedAsync();
        var (stranger, _, theirs) = await _app.RegisterWithVersionAsync();
        var other = (await session.Client.CreateProjectAsync(session.Org, new() { Name = "Other" }, Cancel)).Slug;
        var run = (await stranger.StartRunAsync(theirs.Id)).Id;
        Assert.Equal("unknown_run", await CodeAsync(other, new() { Run = version.RunId }));
        Assert.Equal("unknown_run", await CodeAsync(Planted.Project, new() { Run = run }));
        Assert.Equal("unknown_model_version", await CodeAsync(other, new() { Model = "flowers", Version = 1 }));
        Assert.Equal("share_subject", await CodeAsync(Planted.Project, new()));
        Assert.Equal("share_subject", await CodeAsync(Planted.Project, new() { Model = "flowers" }));
        Assert.Equal(
            "share_subject",
            await CodeAsync(
                Planted.Project,
                new()
                {
                    Run = version.RunId,
                    Model = "flowers",
                    Version = 1,
                }
            )
        );

        async Task<string?> CodeAsync(string project, CreateShareLinkRequest request) =>
            (await Answers.RefusedAsync(() => session.Client.CreateShareLinkAsync(session.Org, project, request, Cancel))).Code;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(91)]
    public async Task Lasts_from_a_day_to_ninety(int days)
    {
        var (session, version) = await TrainedAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await Answers.RefusedAsync(() => ShareAsync(session, version.RunId, days))).Status);
    }

    [Fact]
    public async Task Counts_against_the_plan_while_it_lives_also_when_many_are_made_at_once()
    {
        var (session, version) = await TrainedAsync();
        var made = await Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(_ =>
                    ShareAsync(session, version.RunId)
                        .ContinueWith(
                            t => t.IsCompletedSuccessfully ? t.Result : null,
                            Cancel,
                            TaskContinuationOptions.None,
                            TaskScheduler.Default
                        )
                )
        );
        Assert.Equal(20, made.Count(l => l is not null));
        Assert.Equal("plan_limit", (await Answers.RefusedAsync(() => ShareAsync(session, version.RunId))).Code);
        await session.Client.RevokeShareLinkAsync(session.Org, Planted.Project, made.First(l => l is not null)!.Id, Cancel);
        await ShareAsync(session, version.RunId);
    }
}
