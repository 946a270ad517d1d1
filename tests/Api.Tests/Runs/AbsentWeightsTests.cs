using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Runs;
using GpuGeek.Recipes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Runs;

/// <summary>Before, a run that needed weights that no worker has waited in the queue and then failed.</summary>
public sealed class PublishedWeightsThatNoWorkerHas(SharedApplication shared) : IClassFixture<SharedApplication>, IAsyncDisposable
{
    // Used by no other test: the planted row affects every organisation.
    private const string Absent = "vgg19_bn",
        OfOneWorkerAlone = "vgg16_bn";
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task SayAsync(string worker, string[] missing, TimeSpan ago = default)
    {
        await using var db = _app.SystemDatabase();
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO worker_weights (worker, missing, said_at) VALUES ({"absent/" + worker}, {missing}, now() - {ago})",
            Cancel
        );
    }

    public async ValueTask DisposeAsync()
    {
        await using var db = _app.SystemDatabase();
        await db.WorkerWeights.Where(w => w.Worker.StartsWith("absent/")).ExecuteDeleteAsync(CancellationToken.None);
    }

    private static async Task<bool?> AvailableAsync(TenantSession session, string architecture) =>
        (await session.Client.ListArchitecturesAsync(Cancel)).Items.Single(a => a.Name == architecture).WeightsAvailable;

    private static Task<RunResponse> StartAsync(TenantSession session, Guid version, PartialRecipe recipe) =>
        session.Client.CreateRunAsync(
            session.Org,
            new()
            {
                Project = Planted.Project,
                DatasetVersion = version,
                Recipe = recipe,
            },
            Cancel
        );

    [Fact]
    public async Task Are_marked_and_a_run_that_needs_them_is_refused_at_once()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        await SayAsync("stopped", [Absent], TimeSpan.FromMinutes(6));
        Assert.Null(await AvailableAsync(session, Absent));
        Assert.Equal("queued", (await StartAsync(session, version.Id, new() { Preset = "fast", ["model.architecture"] = Absent })).State);

        await SayAsync("one", [Absent, OfOneWorkerAlone]);
        await SayAsync("two", [Absent]);
        Assert.Equal((false, true), (await AvailableAsync(session, Absent), await AvailableAsync(session, OfOneWorkerAlone)));
        var refused = await Answers.RefusedAsync(() =>
            StartAsync(session, version.Id, new() { Preset = "fast", ["model.architecture"] = Absent })
        );
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "weights_unavailable"), (refused.Status, refused.Code));
        Assert.Equal(
            "queued",
            (
                await StartAsync(
                    session,
                    version.Id,
                    new()
                    {
                        Preset = "balanced",
                        ["model.architecture"] = Absent,
                        ["transfer.pretrained"] = false,
                    }
                )
            ).State
        );
        Assert.Equal(
            "queued",
            (await StartAsync(session, version.Id, new() { Preset = "fast", ["model.architecture"] = OfOneWorkerAlone })).State
        );
    }
}
