using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Runs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Recipes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Runs;

public sealed class StartingARun(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static Task<RunResponse> CreateAsync(
        TenantSession session,
        Guid version,
        PartialRecipe recipe,
        string project = Planted.Project
    ) =>
        session.Client.CreateRunAsync(
            session.Org,
            new()
            {
                Project = project,
                DatasetVersion = version,
                Recipe = recipe,
            },
            Cancel
        );

    [Fact]
    public async Task Its_recipe_has_every_choice_resolved()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var run = await CreateAsync(
            session,
            version.Id,
            new()
            {
                Preset = "balanced",
                ["model.architecture"] = "resnet18",
                ["budget.epochs"] = 7,
            }
        );
        Assert.Equal(
            ("queued", "flowers", "flowers5", 1, 0),
            (run.State, run.Project, run.DatasetName, run.DatasetVersionNumber, run.Attempt)
        );
        Assert.Equal(
            ("balanced", "resnet18", 7, 8, true, 224),
            (
                run.Recipe.Preset,
                run.Recipe.Model.Architecture,
                run.Recipe.Budget.Epochs,
                run.Recipe.Data.BatchSize,
                run.Recipe.Transfer.Pretrained,
                run.Recipe.Model.InputSize
            )
        );
        Assert.True(run.Recipe.Augmentation.HorizontalFlip);
        Assert.Equal("ResNet-18 balanced 1", run.Name);
        Assert.Equal(run, Assert.Single((await session.Client.ListRunsAsync(session.Org, "flowers", ct: Cancel)).Items));
        Assert.Empty((await session.Client.ListRunsAsync(session.Org, "other", ct: Cancel)).Items);
    }

    [Theory]
    [InlineData("fast", "vgg99", null, HttpStatusCode.UnprocessableEntity, "unknown_architecture")]
    [InlineData("fast", null, false, HttpStatusCode.UnprocessableEntity, "fast_needs_pretrained")]
    [InlineData("slow", null, null, HttpStatusCode.BadRequest, "malformed_request")]
    public async Task A_recipe_that_cannot_be_trained_is_refused(
        string preset,
        string? architecture,
        bool? pretrained,
        HttpStatusCode status,
        string code
    )
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var refused = await Answers.RefusedAsync(() =>
            CreateAsync(
                session,
                version.Id,
                new()
                {
                    Preset = preset,
                    ["model.architecture"] = architecture,
                    ["transfer.pretrained"] = pretrained,
                }
            )
        );
        Assert.Equal((status, code), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task What_the_architecture_cannot_do_is_refused_and_what_it_can_is_shown()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var refused = await Answers.RefusedAsync(() =>
            CreateAsync(
                session,
                version.Id,
                new()
                {
                    Preset = "balanced",
                    ["model.architecture"] = "vit_b_16",
                    ["model.inputSize"] = 200,
                }
            )
        );
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid_input_size"), (refused.Status, refused.Code));
        refused = await Answers.RefusedAsync(() =>
            CreateAsync(
                session,
                version.Id,
                new()
                {
                    Preset = "balanced",
                    ["model.architecture"] = "densenet121",
                    ["regularization.stochasticDepth"] = 0.1,
                }
            )
        );
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "stochastic_depth_unsupported"), (refused.Status, refused.Code));
        var run = await CreateAsync(
            session,
            version.Id,
            new()
            {
                Preset = "balanced",
                ["model.architecture"] = "vit_b_16",
                ["model.inputSize"] = 208,
                ["regularization.dropout"] = 0.3,
                ["regularization.stochasticDepth"] = 0.1,
            }
        );
        Assert.Equal(
            (208, 0.3, 0.1),
            (run.Recipe.Model.InputSize, run.Recipe.Regularization.Dropout, run.Recipe.Regularization.StochasticDepth)
        );
    }

    [Fact]
    public async Task Another_organisations_version_is_not_found()
    {
        var (_, _, foreign) = await _app.RegisterWithVersionAsync();
        var (session, _) = await _app.RegisterWithProjectAsync();
        foreach (var version in (Guid[])[foreign.Id, Planted.NewId()])
            Assert.Equal(
                "unknown_dataset_version",
                (await Answers.RefusedAsync(() => CreateAsync(session, version, new() { Preset = "fast" }))).Code
            );
        Assert.Equal(
            "unknown_project",
            (await Answers.RefusedAsync(() => CreateAsync(session, foreign.Id, new() { Preset = "fast" }, "nowhere"))).Code
        );
    }

    [Fact]
    public async Task The_plan_says_how_many_at_once()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var runs = new List<RunResponse>();
        for (var i = 0; i < 4; i++)
            runs.Add(await session.StartRunAsync(version.Id));
        var refused = await Answers.RefusedAsync(() => session.StartRunAsync(version.Id));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "plan_limit"), (refused.Status, refused.Code));
        Assert.Contains("4 runs", refused.Detail, StringComparison.Ordinal);
        await session.Client.CancelRunAsync(session.Org, runs[0].Id, Cancel);
        Assert.Equal("queued", (await session.StartRunAsync(version.Id)).State);
    }

    [Fact]
    public async Task Of_many_at_once_no_more_start_than_the_plan_says()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var started = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(async _ => await Record.ExceptionAsync(() => session.StartRunAsync(version.Id)) is null)
        );
        Assert.Equal(4, started.Count(s => s));
        Assert.Equal(4, (await session.Client.ListRunsAsync(session.Org, ct: Cancel)).Items.Count);
    }

    [Fact]
    public async Task A_queued_one_is_canceled_at_once_and_only_once()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var run = await session.StartRunAsync(version.Id);
        var canceled = await session.Client.CancelRunAsync(session.Org, run.Id, Cancel);
        Assert.Equal("canceled", canceled.State);
        Assert.NotNull(canceled.FinishedAt);
        var refused = await Answers.RefusedAsync(() => session.Client.CancelRunAsync(session.Org, run.Id, Cancel));
        Assert.Equal((HttpStatusCode.Conflict, "run_finished"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task One_at_work_is_left_to_its_worker()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var run = await session.StartRunAsync(version.Id);
        await using (var db = _app.SystemDatabase())
        {
            (await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == run.Id, Cancel)).Start(Planted.Now);
            (await db.RunLeases.IgnoreTenantFilter().SingleAsync(l => l.RunId == run.Id, Cancel)).Owner = "worker-1/cpu-0";
            await db.SaveChangesAsync(Cancel);
        }
        var canceling = await session.Client.CancelRunAsync(session.Org, run.Id, Cancel);
        Assert.Equal(
            ("canceling", 1, "worker-1/cpu-0", null),
            (canceling.State, canceling.Attempt, canceling.Worker!.Name, canceling.FinishedAt)
        );
    }

    [Fact]
    public async Task Waiting_ends_when_the_run_ends()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var run = await session.StartRunAsync(version.Id);
        var waiting = session.Client.GetRunAsync(session.Org, run.Id, 60, Cancel);
        await using (var db = _app.SystemDatabase())
        {
            (await db.Runs.IgnoreTenantFilter().SingleAsync(r => r.Id == run.Id, Cancel)).Fail(
                new("out_of_memory", "Out of memory", "The batch did not fit.", "Take a smaller one."),
                Planted.Now
            );
            await db.SaveChangesAsync(Cancel);
        }
        await _app.Services.GetRequiredService<ILiveNotifier>().RunChangedAsync(await session.OrgIdAsync(), run.Id);
        var ended = await waiting;
        Assert.Equal(("failed", "out_of_memory", "Take a smaller one."), (ended.State, ended.Error!.Code, ended.Error.Hint));
        Assert.True(ended.FinishedAt - run.CreatedAt < TimeSpan.FromSeconds(55));
    }

    [Fact]
    public async Task Another_organisations_run_is_not_found()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var run = await session.StartRunAsync(version.Id);
        var me = await _app.RegisterAsync();
        foreach (var path in (string[])["", "/metrics", "/logs"])
            Assert.Equal(
                "not_found",
                await (await me.Http.GetAsync(me.At($"runs/{run.Id}{path}"), Cancel)).CodeAsync(HttpStatusCode.NotFound)
            );
        Assert.Equal(
            "not_found",
            await (await me.Http.PostAsync(me.At($"runs/{run.Id}/cancel"), null, Cancel)).CodeAsync(HttpStatusCode.NotFound)
        );
        Assert.Equal("queued", (await session.Client.GetRunAsync(session.Org, run.Id, ct: Cancel)).State);
    }

    [Fact]
    public async Task The_architectures_that_can_be_trained_are_listed()
    {
        var session = await _app.RegisterAsync();
        var items = (await session.Client.ListArchitecturesAsync(Cancel)).Items;
        Assert.Equal(
            GpuGeek.Domain.Models.ModelCatalog.All.Keys.Order(StringComparer.Ordinal),
            items.Select(a => a.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(
            items,
            a =>
                Assert.True(
                    a is { InputSize: >= 224, Parameters: > 1_000_000, ImageNetTop1: > 0.5 and < 0.9 }
                        && a.Paper.StartsWith("https://arxiv.org/", StringComparison.Ordinal)
                )
        );
        Assert.All(
            items,
            a =>
                Assert.True(
                    a.InferenceBytes > 1_000_000
                        && a.TrainingBytes > a.InferenceBytes
                        && a.Licence.Length > 2
                        && a.InputSize % a.SizeMultiple == 0
                )
        );
        Assert.False(items.Single(a => a.Name == "vgg11").StochasticDepth);
    }
}
