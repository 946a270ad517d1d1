using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Runs;
using GpuGeek.Contracts.Weights;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Recipes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Weights;

/// <summary>Uploaded weights. No worker runs here: its results are planted.</summary>
public sealed class WeightsThatSomebodySends(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private const long Size = 5;
    private static readonly byte[] Bytes = [0x50, 0x4B, 3, 4, 0];
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static Task<WeightsResponse> AskAsync(TenantSession session, long size = Size, string? architecture = null) =>
        session.Client.CreateWeightsAsync(
            session.Org,
            new()
            {
                Project = Planted.Project,
                Name = "mine.pth",
                Size = size,
                Architecture = architecture,
            },
            Cancel
        );

    private static WeightsReport Report(bool whole = true) =>
        new()
        {
            Format = "pytorch",
            Tensors = 3,
            Numbers = 30,
            Types = ["float32"],
            Architecture = "resnet18",
            Classes = 10,
            Groups = [new("conv1", 2, 2), new("layer1", 2, whole ? 2 : 1), new("fc", 0, 0)],
            Missing = whole ? [] : ["layer1.0.conv1.weight"],
            MissingCount = whole ? 0 : 1,
            Unexpected = [],
            UnexpectedCount = 0,
            Mismatched = [],
            MismatchedCount = 0,
        };

    /// <summary>As the worker leaves it.</summary>
    private async Task<Guid> ReadAsync(TenantSession session, WeightsReport? report, Failure? error = null)
    {
        var id = (await AskAsync(session)).Id;
        await using var db = _app.SystemDatabase();
        var row = await db.UploadedWeights.IgnoreTenantFilter().SingleAsync(w => w.Id == id, Cancel);
        (row.State, row.Report, row.ContentHash) = (UploadState.Received, report, error is null ? Planted.HashOf(Bytes) : null);
        var job = Job.Of(row, Planted.Now);
        (job.State, job.Error, job.FinishedAt) = (error is null ? JobState.Succeeded : JobState.Failed, error, Planted.Now);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(Cancel);
        return id;
    }

    private static Task<RunResponse> StartAsync(
        TenantSession session,
        Guid version,
        StartSettings start,
        string? architecture = null,
        bool? pretrained = null,
        string preset = "fast"
    ) =>
        session.Client.CreateRunAsync(
            session.Org,
            new()
            {
                Project = Planted.Project,
                DatasetVersion = version,
                Recipe = new()
                {
                    Preset = preset,
                    ["transfer.start"] = start,
                    ["model.architecture"] = architecture,
                    ["transfer.pretrained"] = pretrained,
                },
            },
            Cancel
        );

    private async Task<string?> StartHashAsync(Guid run)
    {
        await using var db = _app.SystemDatabase();
        return await db.Runs.IgnoreTenantFilter().Where(r => r.Id == run).Select(r => r.StartHash).SingleAsync(Cancel);
    }

    [Fact]
    public async Task Are_announced_sent_and_wait_to_be_read()
    {
        var (session, _) = await _app.RegisterWithProjectAsync();
        var asked = await AskAsync(session, architecture: "resnet18");
        Assert.Equal(("uploading", "flowers", "mine.pth", "resnet18"), (asked.State, asked.Project, asked.Name, asked.Architecture));
        using var sent = await session.Http.PutAsync(new Uri(asked.UploadUrl!, UriKind.Relative), new ByteArrayContent(Bytes), Cancel);
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        var waiting = await session.Client.GetWeightsAsync(session.Org, asked.Id, ct: Cancel);
        Assert.Equal(("queued", null), (waiting.State, waiting.UploadUrl));
        Assert.Equal(Size, await _app.Store().SizeAsync(ObjectKeys.Upload(await session.OrgIdAsync(), asked.Id), Cancel));
        Assert.Equal(waiting.Id, Assert.Single((await session.Client.ListWeightsAsync(session.Org, "flowers", Cancel)).Items).Id);
        Assert.Empty((await session.Client.ListWeightsAsync(session.Org, "other", Cancel)).Items);
        Assert.Equal(
            "weights_uploaded",
            (
                await Answers.RefusedAsync(() => session.Client.UploadWeightsAsync(session.Org, asked.Id, new MemoryStream(Bytes), Cancel))
            ).Code
        );
    }

    [Fact]
    public async Task Of_another_size_than_announced_are_refused_and_may_be_sent_again()
    {
        var (session, _) = await _app.RegisterWithProjectAsync();
        var asked = await AskAsync(session);
        foreach (var body in (HttpContent[])[new ByteArrayContent([1, 2]), new StreamContent(new Unmeasured([1, 2, 3]))])
        {
            using var refused = await session.Http.PutAsync(new Uri(asked.UploadUrl!, UriKind.Relative), body, Cancel);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("size_differs", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
        Assert.Null(await _app.Store().SizeAsync(ObjectKeys.Upload(await session.OrgIdAsync(), asked.Id), Cancel));
        Assert.Equal("queued", (await session.Client.UploadWeightsAsync(session.Org, asked.Id, new MemoryStream(Bytes), Cancel)).State);
    }

    [Fact]
    public async Task That_cannot_be_taken_are_refused_before_a_byte_is_sent()
    {
        var (session, _) = await _app.RegisterWithProjectAsync();
        Assert.Equal("unknown_architecture", (await Answers.RefusedAsync(() => AskAsync(session, architecture: "vgg99"))).Code);
        Assert.Equal("malformed_request", (await Answers.RefusedAsync(() => AskAsync(session, size: (4L << 30) + 1))).Code);
        Assert.Equal(
            "unknown_project",
            (
                await Answers.RefusedAsync(() =>
                    session.Client.CreateWeightsAsync(
                        session.Org,
                        new()
                        {
                            Project = "nowhere",
                            Name = "a.pth",
                            Size = 1,
                        },
                        Cancel
                    )
                )
            ).Code
        );
        await using (var db = _app.SystemDatabase())
        {
            var org = await session.OrgIdAsync();
            var project = await db.Projects.IgnoreTenantFilter().Where(p => p.OrgId == org).Select(p => p.Id).SingleAsync(Cancel);
            db.UploadedWeights.Add(
                new()
                {
                    OrgId = org,
                    Id = Planted.NewId(),
                    ProjectId = project,
                    FileName = "large.pth",
                    Size = long.MaxValue / 2,
                    CreatedBy = org,
                    CreatedAt = Planted.Now,
                }
            );
            await db.SaveChangesAsync(Cancel);
        }
        Assert.Equal("plan_limit", (await Answers.RefusedAsync(() => AskAsync(session))).Code);
    }

    /// <summary>Nothing is kept of them.</summary>
    [Fact]
    public async Task That_failed_for_good_take_no_room_in_the_plan()
    {
        var (session, project) = await _app.RegisterWithProjectAsync();
        await using (var db = _app.SystemDatabase())
        {
            db.UploadedWeights.Add(
                new()
                {
                    OrgId = await session.OrgIdAsync(),
                    Id = Planted.NewId(),
                    ProjectId = project.Id,
                    FileName = "large.pth",
                    Size = long.MaxValue / 2,
                    State = UploadState.Failed,
                    CreatedBy = Planted.NewId(),
                    CreatedAt = Planted.Now,
                    StoppedAt = Planted.Now,
                }
            );
            await db.SaveChangesAsync(Cancel);
        }
        Assert.Equal("uploading", (await AskAsync(session)).State);
    }

    [Fact]
    public async Task That_fit_are_what_a_run_starts_from()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var id = await ReadAsync(session, Report());
        var read = await session.Client.GetWeightsAsync(session.Org, id, 1, Cancel);
        Assert.Equal(
            ("ready", "resnet18", 10, true, 3),
            (read.State, read.Architecture, read.Report!.Classes, read.Report.Fits, read.Report.FittingGroups)
        );
        var run = await StartAsync(session, version.Id, new() { Weights = id });
        Assert.Equal(
            ("resnet18", true, id, "mine.pth", null),
            (
                run.Recipe.Model.Architecture,
                run.Recipe.Transfer.Pretrained,
                run.Recipe.Transfer.Start!.Weights,
                run.Recipe.Transfer.Start.Name,
                run.Recipe.Transfer.Start.Groups
            )
        );
        Assert.Equal(Planted.HashOf(Bytes), await StartHashAsync(run.Id));
        await session.Client.DeleteWeightsAsync(session.Org, id, Cancel);
        Assert.Equal(Planted.HashOf(Bytes), await StartHashAsync(run.Id));
    }

    [Fact]
    public async Task That_fit_in_part_are_taken_so_far_as_they_fit()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var id = await ReadAsync(session, Report(whole: false));
        foreach (var groups in (int?[])[null, 2])
        {
            var refused = await Answers.RefusedAsync(() =>
                StartAsync(session, version.Id, new() { Weights = id, Groups = groups }, preset: "balanced")
            );
            Assert.Equal("weights_mismatch", refused.Code);
            Assert.Contains("1 tensors are missing", refused.Detail, StringComparison.Ordinal);
        }
        Assert.Equal(
            "fast_needs_whole_weights",
            (await Answers.RefusedAsync(() => StartAsync(session, version.Id, new() { Weights = id, Groups = 1 }))).Code
        );
        Assert.Equal(
            1,
            (await StartAsync(session, version.Id, new() { Weights = id, Groups = 1 }, preset: "balanced")).Recipe.Transfer.Start!.Groups
        );
    }

    [Fact]
    public async Task Or_a_model_version_may_be_started_from_but_nothing_unclear()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var first = await session.AddModelVersionAsync(version.Id);
        var second = await session.AddModelVersionAsync(version.Id);
        var run = await StartAsync(session, version.Id, new() { Model = "flowers", Version = 1 });
        Assert.Equal(
            ("mobilenet_v2", "flowers", 1, "flowers v1"),
            (
                run.Recipe.Model.Architecture,
                run.Recipe.Transfer.Start!.Model,
                run.Recipe.Transfer.Start.Version,
                run.Recipe.Transfer.Start.Name
            )
        );
        Assert.Equal(first.WeightsHash, await StartHashAsync(run.Id));
        var newest = await StartAsync(session, version.Id, new() { Model = "flowers" });
        Assert.Equal((2, second.WeightsHash), (newest.Recipe.Transfer.Start!.Version, await StartHashAsync(newest.Id)));

        var id = await ReadAsync(session, Report());
        var unread = (await AskAsync(session)).Id;
        var broken = await ReadAsync(session, null, new("weights_refused", "Refused", "It holds a program.", null));
        (StartSettings Start, string? Architecture, bool? Pretrained, string Code)[] refused =
        [
            (new(), null, null, "start_unclear"),
            (new() { Weights = id, Model = "flowers" }, null, null, "start_unclear"),
            (new() { Version = 1 }, null, null, "start_unclear"),
            (new() { Weights = Planted.NewId() }, null, null, "unknown_weights"),
            (new() { Model = "flowers", Version = 9 }, null, null, "unknown_model_version"),
            (new() { Model = "tulips" }, null, null, "unknown_model_version"),
            (new() { Weights = unread }, null, null, "weights_not_ready"),
            (new() { Weights = broken }, null, null, "weights_not_ready"),
            (new() { Weights = id }, "mobilenet_v2", null, "weights_mismatch"),
            (new() { Weights = id }, null, false, "start_without_pretrained"),
        ];
        foreach (var (start, architecture, pretrained, code) in refused)
            Assert.Equal(code, (await Answers.RefusedAsync(() => StartAsync(session, version.Id, start, architecture, pretrained))).Code);
    }

    [Fact]
    public async Task Of_others_and_of_other_projects_are_unknown()
    {
        var (stranger, _) = await _app.RegisterWithProjectAsync();
        var foreign = await ReadAsync(stranger, Report());
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var own = await ReadAsync(session, Report());
        await session.Client.CreateProjectAsync(session.Org, new() { Name = "Other" }, Cancel);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => session.Client.GetWeightsAsync(session.Org, foreign, ct: Cancel))).Status
        );
        Assert.Equal(
            "unknown_weights",
            (await Answers.RefusedAsync(() => StartAsync(session, version.Id, new() { Weights = foreign }))).Code
        );
        await session.Client.DeleteProjectAsync(session.Org, Planted.Project, Cancel);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => session.Client.GetWeightsAsync(session.Org, own, ct: Cancel))).Status
        );
        Assert.Empty((await session.Client.ListWeightsAsync(session.Org, ct: Cancel)).Items);
    }

    [Fact]
    public async Task Are_in_the_projects_activity_also_when_they_are_gone()
    {
        var (session, _) = await _app.RegisterWithProjectAsync();
        var id = (await AskAsync(session)).Id;
        await session.Client.UploadWeightsAsync(session.Org, id, new MemoryStream(Bytes), Cancel);
        async Task<List<(string, string, string, bool)>> SeenAsync() =>
            [
                .. (await session.Client.ListActivityAsync(session.Org, Planted.Project, ct: Cancel))
                    .Items.Where(a => a.Subject.Kind == "weights")
                    .Select(a => (a.Action, a.Subject.Key, a.Subject.Name, a.Subject.Exists)),
            ];
        Assert.Equal([("weights.upload", id.ToString(), "mine.pth", true)], await SeenAsync());
        await session.Client.DeleteWeightsAsync(session.Org, id, Cancel);
        Assert.Equal(
            [("weights.delete", id.ToString(), "mine.pth", false), ("weights.upload", id.ToString(), "", false)],
            await SeenAsync()
        );
    }

    [Fact]
    public async Task Are_sent_by_editors_and_seen_by_viewers()
    {
        var (session, _) = await _app.RegisterWithProjectAsync();
        var viewer = await _app.JoinAsync(session, Role.Viewer);
        Assert.Equal(HttpStatusCode.Forbidden, (await Answers.RefusedAsync(() => AskAsync(viewer))).Status);
        Assert.Empty((await viewer.Client.ListWeightsAsync(session.Org, ct: Cancel)).Items);
    }

    /// <summary>A body of unknown length.</summary>
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
