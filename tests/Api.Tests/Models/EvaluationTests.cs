using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Models;

/// <summary>The planted model has the classes daisy and rose.</summary>
public sealed class AnEvaluationOfAModelVersion(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static TestPrediction Said(int picture, int label, float rose) =>
        new($"{picture:d64}", label, rose > 0.5f ? 1 : 0, [1 - rose, rose]);

    private sealed record Ground(TenantSession Session, Guid Version, ModelVersion Model)
    {
        public Task<EvaluationResponse> AskAsync(Guid set, string split = "val", IReadOnlyDictionary<string, string?>? classes = null) =>
            Session.Client.CreateEvaluationAsync(
                Session.Org,
                Planted.Project,
                1,
                new()
                {
                    DatasetVersion = set,
                    Split = split,
                    Classes = classes,
                },
                Cancel
            );

        public Task<EvaluationResponse> GetAsync(Guid evaluation) =>
            Session.Client.GetEvaluationAsync(Session.Org, Planted.Project, 1, evaluation, ct: Cancel);

        /// <summary>Another dataset whose classes are called otherwise.</summary>
        public async Task<Guid> OtherSetAsync(params string[] classes)
        {
            var dataset = await Session.Client.CreateDatasetAsync(
                Session.Org,
                new() { Project = Planted.Project, Name = string.Join(' ', classes) },
                Cancel
            );
            foreach (var name in classes)
                await Session.AddImagesAsync(dataset.Id, name, 10);
            return (await Session.Client.CreateVersionAsync(Session.Org, dataset.Id, new(), Cancel)).Id;
        }
    }

    private async Task<Ground> GroundAsync()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        return new(session, version.Id, await session.AddModelVersionAsync(version.Id, [Said(1, 0, 0.2f), Said(2, 1, 0.9f)]));
    }

    private async Task EndAsync(Guid evaluation, JobState state)
    {
        await using var db = _app.SystemDatabase();
        await db
            .Jobs.IgnoreTenantFilter()
            .Where(j => j.Id == evaluation)
            .ExecuteUpdateAsync(s => s.SetProperty(j => j.State, state), Cancel);
    }

    [Fact]
    public async Task Is_made_once_however_often_it_is_asked_for()
    {
        var ground = await GroundAsync();
        var asked = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => ground.AskAsync(ground.Version)));
        var evaluation = Assert.Single(asked.DistinctBy(e => e.Id));
        Assert.Equal(
            ("queued", "val", 4, 0, null),
            (evaluation.State, evaluation.Split, evaluation.Pictures, evaluation.LeftOut, evaluation.Accuracy)
        );
        var jobs = await ground.Session.Client.ListJobsAsync(ground.Session.Org, ct: Cancel);
        Assert.Equal(["evaluation"], jobs.Items.Where(j => j.Id == evaluation.Id).Select(j => j.Kind));
        // A map that says what goes without saying is the same question, and so is one that says nothing.
        Assert.Equal(evaluation.Id, (await ground.AskAsync(ground.Version, "val", new Dictionary<string, string?> { ["rose"] = null })).Id);
        Assert.Equal(
            evaluation.Id,
            (await ground.AskAsync(ground.Version, "val", new Dictionary<string, string?> { ["rose"] = "rose" })).Id
        );
        Assert.NotEqual(evaluation.Id, (await ground.AskAsync(ground.Version, "train")).Id);
    }

    [Theory]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Canceled)]
    public async Task Is_made_again_where_it_has_not_succeeded(JobState state)
    {
        var ground = await GroundAsync();
        var first = await ground.AskAsync(ground.Version);
        await EndAsync(first.Id, state);
        var second = await ground.AskAsync(ground.Version);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal("queued", second.State);
        Assert.Equal(
            [second.Id],
            (await ground.Session.Client.ListEvaluationsAsync(ground.Session.Org, Planted.Project, 1, Cancel)).Items.Select(e => e.Id)
        );
    }

    [Fact]
    public async Task Asks_what_classes_mean_that_the_model_does_not_have()
    {
        var ground = await GroundAsync();
        var set = await ground.OtherSetAsync("Roses", "daisy", "weed");
        var preview = await ground.Session.Client.PreviewEvaluationAsync(ground.Session.Org, Planted.Project, 1, set, "val", Cancel);
        Assert.Equal(6, preview.Pictures);
        Assert.Equal(
            [("Roses", null, "rose"), ("daisy", "daisy", null), ("weed", null, null)],
            preview.Classes.Select(c => (c.Class, c.ModelClass, c.Suggestion))
        );
        Assert.Equal(["rose"], preview.Missing);
        async Task RefusedAsync(string code, Dictionary<string, string?> classes) =>
            Assert.Equal(code, (await Answers.RefusedAsync(() => ground.AskAsync(set, "val", classes))).Code);
        await RefusedAsync("classes_differ", []);
        await RefusedAsync("classes_differ", new() { ["Roses"] = "rose" });
        await RefusedAsync("unknown_class", new() { ["Roses"] = "tulip", ["weed"] = "" });
        await RefusedAsync("unknown_class", new() { ["tulip"] = "rose" });
        await RefusedAsync(
            "nothing_to_score",
            new()
            {
                ["Roses"] = "",
                ["weed"] = "",
                ["daisy"] = "",
            }
        );
        var evaluation = await ground.AskAsync(set, "val", new Dictionary<string, string?> { ["Roses"] = "rose", ["weed"] = "" });
        Assert.Equal((4, 2), (evaluation.Pictures, evaluation.LeftOut));
        Assert.Equal("", evaluation.Classes["weed"]);
        Assert.Equal("unknown_dataset_version", (await Answers.RefusedAsync(() => ground.AskAsync(Planted.NewId()))).Code);
        var split = await Answers.RefusedAsync(() =>
            ground.Session.Client.PreviewEvaluationAsync(ground.Session.Org, Planted.Project, 1, set, "all", Cancel)
        );
        Assert.Equal("invalid_split", split.Code);
    }

    [Fact]
    public async Task Gives_the_figures_the_curves_and_the_pictures_of_its_own_predictions()
    {
        var ground = await GroundAsync();
        var (client, org) = (ground.Session.Client, ground.Session.Org);
        var evaluation = await ground.Session.AddEvaluationAsync(
            ground.Model,
            ground.Version,
            [Said(5, 0, 0.9f), Said(6, 0, 0.1f), Said(7, 1, 0.8f), Said(8, 1, 0.7f)]
        );
        var read = await ground.GetAsync(evaluation.Id);
        Assert.Equal(("succeeded", 0.75, 1), (read.State, read.Accuracy, read.Looks));
        Assert.InRange(0.75, read.Interval![0], read.Interval[1]);
        var figures = await client.GetFiguresAsync(org, Planted.Project, 1, evaluation: evaluation.Id, ct: Cancel);
        Assert.Equal((4, 0.75), (figures.Pictures, figures.Top[0].Accuracy));
        Assert.Equal(
            [
                [1, 1],
                [0, 2],
            ],
            figures.Confusion
        );
        Assert.Equal(
            [("daisy", 1.0, 0.5, 2), ("rose", 2.0 / 3, 1.0, 2)],
            figures.PerClass.Select(c => (c.Name, c.Precision, c.Recall, c.Support))
        );
        var curves = await client.GetClassCurvesAsync(org, Planted.Project, 1, "rose", evaluation.Id, Cancel);
        Assert.Equal(4, curves.Points.Count);
        var wrong = await client.ListTestPredictionsAsync(org, Planted.Project, 1, 60, "daisy", "rose", evaluation.Id, Cancel);
        Assert.Equal(["5"], wrong.Items.Select(p => p.Hash[^1..]));
        // The run's own stay what they were.
        Assert.Equal(2, (await client.GetFiguresAsync(org, Planted.Project, 1, ct: Cancel)).Pictures);
    }

    [Fact]
    public async Task Stands_beside_the_other_version_on_the_same_pictures()
    {
        var ground = await GroundAsync();
        var (client, org) = (ground.Session.Client, ground.Session.Org);
        var second = await ground.Session.AddModelVersionAsync(ground.Version, [Said(1, 0, 0.2f)]);
        var mine = await ground.Session.AddEvaluationAsync(second, ground.Version, [Said(5, 0, 0.1f), Said(6, 0, 0.1f)], "val");
        Assert.Null((await client.GetFiguresAsync(org, Planted.Project, 2, evaluation: mine.Id, ct: Cancel)).Previous);
        await ground.Session.AddEvaluationAsync(ground.Model, ground.Version, [Said(5, 0, 0.9f), Said(6, 0, 0.1f)], "val");
        var previous = (await client.GetFiguresAsync(org, Planted.Project, 2, evaluation: mine.Id, ct: Cancel)).Previous!;
        Assert.Equal((1, 0.5, 2, 1, 0), (previous.Version, previous.Accuracy, previous.Common, previous.OnlyThis, previous.OnlyOther));
        Assert.Equal(2, (await client.GetEvaluationAsync(org, Planted.Project, 2, mine.Id, ct: Cancel)).Looks);
    }

    [Fact]
    public async Task Of_the_validation_pictures_is_what_thresholds_are_chosen_on()
    {
        var ground = await GroundAsync();
        var (client, org) = (ground.Session.Client, ground.Session.Org);
        var before = await client.GetThresholdsAsync(org, Planted.Project, 1, Cancel);
        Assert.Equal(("none", 0, 100), (before.Basis, before.Validation.Count, before.Test.Count));
        // That of the run's test pictures, and that of another map, are none.
        await ground.Session.AddEvaluationAsync(ground.Model, ground.Version, [Said(4, 0, 0.1f)]);
        await ground.Session.AddEvaluationAsync(ground.Model, ground.Version, [Said(4, 0, 0.1f)], "val", "another");
        Assert.Equal("none", (await client.GetThresholdsAsync(org, Planted.Project, 1, Cancel)).Basis);
        await ground.Session.AddEvaluationAsync(ground.Model, ground.Version, [Said(5, 0, 0.6f), Said(6, 0, 0.1f)], "val");
        var after = await client.GetThresholdsAsync(org, Planted.Project, 1, Cancel);
        // The planted run is one of the preset fast, which fits its classifier to the validation pictures too.
        Assert.Equal("learned", after.Basis);
        Assert.Equal(new ThresholdResponse(0.5, 1, 0.5, 0.5), after.Validation[50]);
        Assert.Equal(new ThresholdResponse(0.7, 0.5, 1, 0.5), after.Validation[70]);
        Assert.Equal(new ThresholdResponse(0.85, 0.5, 1, 0.5), after.Test[85]);
    }

    [Fact]
    public async Task Stands_in_the_model_card()
    {
        var ground = await GroundAsync();
        await ground.Session.AddEvaluationAsync(ground.Model, ground.Version, [Said(5, 0, 0.6f), Said(6, 0, 0.1f)], "val");
        await ground.AskAsync(ground.Version, "train");
        var version = await ground.Session.Client.GetModelVersionAsync(ground.Session.Org, Planted.Project, 1, Cancel);
        var address = version.Files.Single(f => f.Name == "model-card.md").Url;
        using var response = await ground.Session.Http.GetAsync(new Uri(address, UriKind.Relative), Cancel);
        Assert.Equal("text/markdown", response.Content.Headers.ContentType?.MediaType);
        var card = await response.Content.ReadAsStringAsync(Cancel);
        Assert.StartsWith("# flowers v1\n", card, StringComparison.Ordinal);
        // The one that has not ended is not there.
        Assert.Single(
            card.Split('\n'),
            line => line.Contains("| 50.0 % |", StringComparison.Ordinal) && line.Contains("| val |", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("| train | ", card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_deleted_with_its_job_and_not_where_a_run_made_it()
    {
        var ground = await GroundAsync();
        var (client, org) = (ground.Session.Client, ground.Session.Org);
        var evaluation = await ground.AskAsync(ground.Version);
        await client.DeleteEvaluationAsync(org, Planted.Project, 1, evaluation.Id, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, (await Answers.RefusedAsync(() => ground.GetAsync(evaluation.Id))).Status);
        Assert.DoesNotContain((await client.ListJobsAsync(org, ct: Cancel)).Items, j => j.Id == evaluation.Id);
        var ofRun = await ground.Session.AddEvaluationAsync(ground.Model, ground.Version, [Said(5, 0, 0.1f)]);
        await using (var db = _app.SystemDatabase())
            await db
                .Evaluations.IgnoreTenantFilter()
                .Where(e => e.Id == ofRun.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(e => e.IsOfRun, true), Cancel);
        var refused = await Answers.RefusedAsync(() => client.DeleteEvaluationAsync(org, Planted.Project, 1, ofRun.Id, Cancel));
        Assert.Equal((HttpStatusCode.Conflict, "evaluation_of_run"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Belongs_to_its_version_and_goes_with_its_dataset()
    {
        var ground = await GroundAsync();
        var (client, org) = (ground.Session.Client, ground.Session.Org);
        await ground.Session.AddModelVersionAsync(ground.Version, [Said(1, 0, 0.2f)]);
        var set = await ground.OtherSetAsync("daisy", "rose");
        var evaluation = await ground.Session.AddEvaluationAsync(ground.Model, set, [Said(5, 0, 0.1f)]);
        var ofOther = await Answers.RefusedAsync(() =>
            client.GetFiguresAsync(org, Planted.Project, 2, evaluation: evaluation.Id, ct: Cancel)
        );
        Assert.Equal(HttpStatusCode.NotFound, ofOther.Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => client.GetEvaluationAsync(org, Planted.Project, 2, evaluation.Id, ct: Cancel))).Status
        );
        var dataset = (await ground.GetAsync(evaluation.Id)).Dataset;
        await client.DeleteDatasetAsync(org, dataset, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, (await Answers.RefusedAsync(() => ground.GetAsync(evaluation.Id))).Status);
        Assert.Equal("unknown_dataset_version", (await Answers.RefusedAsync(() => ground.AskAsync(set))).Code);
    }

    [Fact]
    public async Task Counts_in_the_plan_and_waits_where_too_many_do()
    {
        var ground = await GroundAsync();
        async Task<long> StoredAsync() =>
            (await ground.Session.Client.GetSubscriptionAsync(ground.Session.Org, Cancel)).ThisMonth.StorageBytes;
        var before = await StoredAsync();
        var evaluation = await ground.Session.AddEvaluationAsync(ground.Model, ground.Version, [Said(5, 0, 0.1f)]);
        Assert.Equal(before + evaluation.PredictionsBytes, await StoredAsync());
        // One that waits counts too, with an estimate.
        before = await StoredAsync();
        var asked = await ground.AskAsync(ground.Version);
        Assert.True(await StoredAsync() > before);
        await ground.Session.Client.DeleteEvaluationAsync(ground.Session.Org, Planted.Project, 1, asked.Id, Cancel);
        Assert.Equal(before, await StoredAsync());
        await using (var db = _app.SystemDatabase())
        {
            var many = $"{{\"train\": {{\"daisy\": {Evaluation.MostProbabilities}}}}}";
            await db.Database.ExecuteSqlAsync(
                $"UPDATE dataset_versions SET counts = counts || {many}::jsonb WHERE id = {ground.Version}",
                Cancel
            );
            for (var i = 0; i < Evaluation.MostAtOnce; i++)
                db.Jobs.Add(
                    new()
                    {
                        OrgId = ground.Model.OrgId,
                        Id = Planted.NewId(),
                        Kind = JobKinds.Evaluation,
                        Name = "another",
                        CreatedBy = ground.Model.OrgId,
                        CreatedAt = Planted.Now,
                        QueuedAt = Planted.Now,
                    }
                );
            await db.SaveChangesAsync(Cancel);
        }
        Assert.Equal("evaluation_too_large", (await Answers.RefusedAsync(() => ground.AskAsync(ground.Version, "train"))).Code);
        var refused = await Answers.RefusedAsync(() => ground.AskAsync(ground.Version));
        Assert.Equal((HttpStatusCode.Conflict, "too_many_evaluations"), (refused.Status, refused.Code));
    }
}
