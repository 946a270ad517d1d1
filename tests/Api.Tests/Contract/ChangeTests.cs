using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Contract;

public sealed class ChangingDatasetsPicturesAndRuns(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task A_dataset_gets_another_name_that_is_free()
    {
        var (session, dataset) = await shared.App.RegisterWithDatasetAsync();
        await session.Client.CreateDatasetAsync(session.Org, new() { Project = Planted.Project, Name = "taken" }, Cancel);
        Assert.Equal("roses", (await session.Client.UpdateDatasetAsync(session.Org, dataset.Id, new() { Name = " roses " }, Cancel)).Name);
        var refused = await Answers.RefusedAsync(() =>
            session.Client.UpdateDatasetAsync(session.Org, dataset.Id, new() { Name = "taken" }, Cancel)
        );
        Assert.Equal((HttpStatusCode.Conflict, "name_taken"), (refused.Status, refused.Code));
        Assert.Equal("roses", (await session.Client.GetDatasetAsync(session.Org, dataset.Id, Cancel)).Name);
    }

    [Fact]
    public async Task A_picture_gets_another_class_and_split_and_a_version_keeps_the_old_ones()
    {
        var (session, dataset, version) = await shared.App.RegisterWithVersionAsync();
        var image = (await session.Client.ListImagesAsync(session.Org, dataset.Id, "daisy", ct: Cancel)).Items[0];
        var changed = await session.Client.UpdateImageAsync(
            session.Org,
            dataset.Id,
            image.Id,
            new() { Class = "rose", Split = "test" },
            Cancel
        );
        Assert.Equal(("rose", "test"), (changed.Class, changed.Split));
        Assert.Equal(
            image with
            {
                Class = "rose",
                Split = null,
            },
            await session.Client.UpdateImageAsync(session.Org, dataset.Id, image.Id, new() { Split = "none" }, Cancel)
        );
        Assert.Equal(
            "unknown_class",
            (
                await Answers.RefusedAsync(() =>
                    session.Client.UpdateImageAsync(session.Org, dataset.Id, image.Id, new() { Class = "tulip" }, Cancel)
                )
            ).Code
        );
        Assert.Equal(
            10,
            (await session.Client.GetVersionAsync(session.Org, dataset.Id, version.Id, Cancel)).Counts.Sum(s => s.Value["daisy"])
        );
    }

    [Fact]
    public async Task A_run_is_deleted_once_it_has_ended_with_all_that_hangs_on_it()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        var (org, run) = (await session.OrgIdAsync(), await session.StartRunAsync(version.Id));
        Assert.Equal("mine", (await session.Client.UpdateRunAsync(session.Org, run.Id, new() { Name = "mine" }, Cancel)).Name);
        Assert.Equal("run_state", (await Answers.RefusedAsync(() => session.Client.DeleteRunAsync(session.Org, run.Id, Cancel))).Code);
        await session.Client.CancelRunAsync(session.Org, run.Id, Cancel);
        await using var db = shared.App.SystemDatabase();
        db.MetricPoints.Add(
            new()
            {
                OrgId = org,
                RunId = run.Id,
                Name = "train/loss",
                Step = 1,
                Seq = 1,
                Epoch = 1,
                Value = 1,
                At = Planted.Now,
            }
        );
        db.RunLogLines.Add(
            new()
            {
                OrgId = org,
                RunId = run.Id,
                Seq = 2,
                Level = "info",
                Message = "line",
                At = Planted.Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        for (var i = 0; i < 2; i++)
            await session.Client.DeleteRunAsync(session.Org, run.Id, Cancel);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => session.Client.GetRunAsync(session.Org, run.Id, ct: Cancel))).Status
        );
        Assert.Equal(
            0,
            await db.MetricPoints.IgnoreTenantFilter().CountAsync(p => p.RunId == run.Id, Cancel)
                + await db.RunLogLines.IgnoreTenantFilter().CountAsync(l => l.RunId == run.Id, Cancel)
        );
    }

    [Fact]
    public async Task A_run_that_left_a_model_is_kept()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        var model = await session.AddModelVersionAsync(version.Id);
        var refused = await Answers.RefusedAsync(() => session.Client.DeleteRunAsync(session.Org, model.RunId, Cancel));
        Assert.Equal((HttpStatusCode.Conflict, "model_in_use"), (refused.Status, refused.Code));
        using var response = await session.Http.DeleteAsync(new Uri(session.At($"runs/{model.RunId}"), UriKind.Relative), Cancel);
        Assert.Contains("\"modelVersions\":[\"flowers/1\"]", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_deleted_stays_on_the_bill_under_its_name()
    {
        var (session, _, version) = await shared.App.RegisterWithVersionAsync();
        var (org, run) = (await session.OrgIdAsync(), await session.StartRunAsync(version.Id));
        await session.Client.CancelRunAsync(session.Org, run.Id, Cancel);
        await using (var db = shared.App.SystemDatabase())
        {
            var start = Planted.Now.AddHours(-1);
            db.UsageIntervals.Add(
                new()
                {
                    OrgId = org,
                    Id = Planted.NewId(),
                    RunId = run.Id,
                    RunName = run.Name,
                    Fence = 1,
                    Slot = $"slot {run.Id}",
                    StartedAt = start,
                    EndedAt = start.AddMinutes(5),
                    KeptUntil = start.AddSeconds(60),
                    PricePerHour = 1,
                    Currency = "USD",
                }
            );
            await db.SaveChangesAsync(Cancel);
        }
        await session.Client.DeleteRunAsync(session.Org, run.Id, Cancel);
        var line = Assert.Single((await session.Client.ListUsageAsync(session.Org, ct: Cancel)).Items);
        Assert.Equal((run.Id, run.Name, 60m), (line.Run, line.RunName, line.ChargedSeconds));
    }
}
