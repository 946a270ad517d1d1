using System.Diagnostics;
using System.Net;
using GpuGeek.Api.Features.Deployments;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Deployments;

public sealed class DeploymentsOnSeveralPredictors(ServingPlatform platform) : IClassFixture<ServingPlatform>, IAsyncLifetime
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly ReconcilerTimes Quick = new(Soon, Never, Soon, Soon, Soon);
    private ApiApplication _api = null!;

    private static CancellationToken Cancel => ApiApplication.Cancel;

    public ValueTask InitializeAsync()
    {
        _api = platform.NewApi(Quick);
        return ValueTask.CompletedTask;
    }

    // The next test's Api must get the lease.
    public ValueTask DisposeAsync() => _api.DisposeAsync();

    private static Task<DeploymentResponse> ReadyAsync(TenantSession session, string name, int replicas) =>
        Eventually.HoldsAsync(
            () => session.Client.GetDeploymentAsync(session.Org, name, ct: Cancel),
            seen => seen.State == "live" && seen.ReadyReplicas == replicas
        );

    private static Task<PredictionResponse> PredictAsync(TenantSession session, string name, string picture = "a rose") =>
        session.Client.PredictAsync(session.Org, name, System.Text.Encoding.UTF8.GetBytes(picture), ct: Cancel);

    /// <summary>What a client sees of a process that dies over its picture.</summary>
    private static Microsoft.AspNetCore.Http.IResult Abort(Microsoft.AspNetCore.Http.HttpContext http)
    {
        http.Abort();
        return Microsoft.AspNetCore.Http.Results.Empty;
    }

    [Fact]
    public async Task With_two_replicas_it_answers_while_one_predictor_restarts()
    {
        var session = await ServingPlatform.WithModelAsync(_api);
        await ServingPlatform.DeployAsync(session, "shop", 2);
        Assert.Equal(2, (await ReadyAsync(session, "shop", 2)).Replicas);
        await platform.StopAsync(0);
        for (var i = 0; i < 20; i++)
            await PredictAsync(session, "shop");
        Assert.Equal(1, (await ReadyAsync(session, "shop", 1)).ReadyReplicas);
        await platform.StartAsync(0);
        await ReadyAsync(session, "shop", 2);
        await Eventually.HoldsAsync(
            async () =>
            {
                await PredictAsync(session, "shop");
                return platform.First.Predictions;
            },
            answered => answered > 0
        );
    }

    [Fact]
    public async Task A_predictor_that_stays_away_loses_its_deployments_to_the_other()
    {
        var session = await ServingPlatform.WithModelAsync(_api);
        var org = await session.OrgIdAsync();
        await ServingPlatform.DeployAsync(session, "one");
        await ReadyAsync(session, "one", 1);
        var at = platform.First.Loaded.Keys.Any(k => k.StartsWith($"{org:N}", StringComparison.Ordinal)) ? 0 : 1;
        await platform.StopAsync(at);
        Assert.Equal("rose", (await Eventually.HoldsAsync(() => TryAsync(session, "one"), answer => answer is not null))!.Label);
        await platform.StartAsync(at);
        var returned = at == 0 ? platform.First : platform.Second;
        await Eventually.HoldsAsync(() => returned.Listings, listings => listings > 0);
        // It stays where it is, and the one that has returned gets the next.
        await ServingPlatform.DeployAsync(session, "two");
        await ReadyAsync(session, "two", 1);
        Assert.Single(returned.Loaded, l => l.Key.StartsWith($"{org:N}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Models_are_spread_over_the_predictors()
    {
        var session = await ServingPlatform.WithModelAsync(_api);
        foreach (var name in (string[])["a", "b", "c"])
        {
            await ServingPlatform.DeployAsync(session, name);
            await ReadyAsync(session, name, 1);
        }
        Assert.InRange(platform.First.Loaded.Count - platform.Second.Loaded.Count, -1, 1);
    }

    [Fact]
    public async Task A_picture_that_kills_its_predictor_is_not_sent_to_the_next()
    {
        var session = await ServingPlatform.WithModelAsync(_api);
        await ServingPlatform.DeployAsync(session, "shop", 2);
        await ReadyAsync(session, "shop", 2);
        foreach (var predictor in (FakePredictor[])[platform.First, platform.Second])
            predictor.Answers["deadly"] = Abort;
        var before = platform.First.Predictions + platform.Second.Predictions;
        var refused = await Answers.RefusedAsync(() => PredictAsync(session, "shop", "deadly"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "predictor_unavailable"), (refused.Status, refused.Code));
        Assert.Equal(before + 1, platform.First.Predictions + platform.Second.Predictions);
    }

    /// <summary>A process that dies lets others in after it has dropped those who were inside: here for 50 ms.</summary>
    [Fact]
    public async Task A_picture_that_comes_while_a_predictor_dies_waits_for_its_restart()
    {
        var session = await ServingPlatform.WithModelAsync(_api);
        await ServingPlatform.DeployAsync(session, "shop");
        await ReadyAsync(session, "shop", 1);
        var died = 0L;
        foreach (var predictor in (FakePredictor[])[platform.First, platform.Second])
        {
            predictor.Answers["deadly here"] = http =>
            {
                Volatile.Write(ref died, Stopwatch.GetTimestamp());
                return Abort(http);
            };
            predictor.Answers["next"] = Abort;
            predictor.Waits["next"] = () =>
            {
                if (Stopwatch.GetElapsedTime(Volatile.Read(ref died)) > TimeSpan.FromMilliseconds(50))
                    predictor.Answers.TryRemove("next", out _);
                return Task.CompletedTask;
            };
        }
        var refused = await Answers.RefusedAsync(() => PredictAsync(session, "shop", "deadly here"));
        Assert.Equal("predictor_unavailable", refused.Code);
        Assert.Equal("rose", (await PredictAsync(session, "shop", "next")).Label);
    }

    [Fact]
    public async Task The_number_of_replicas_can_change_and_has_limits()
    {
        var session = await ServingPlatform.WithModelAsync(_api);
        Assert.Equal("too_many_replicas", (await Answers.RefusedAsync(() => ServingPlatform.DeployAsync(session, "shop", 3))).Code);
        Assert.Equal(HttpStatusCode.BadRequest, (await Answers.RefusedAsync(() => ServingPlatform.DeployAsync(session, "shop", 0))).Status);
        await ServingPlatform.DeployAsync(session, "shop");
        await ReadyAsync(session, "shop", 1);
        await session.Client.UpdateDeploymentAsync(session.Org, "shop", new() { Replicas = 2 }, Cancel);
        await ReadyAsync(session, "shop", 2);
        await session.Client.UpdateDeploymentAsync(session.Org, "shop", new() { Replicas = 1 }, Cancel);
        await ReadyAsync(session, "shop", 1);
        await using (var db = _api.SystemDatabase())
            await db.Plans.ExecuteUpdateAsync(set => set.SetProperty(p => p.MaxDeployments, 2), Cancel);
        var full = await Answers.RefusedAsync(() => ServingPlatform.DeployAsync(session, "more", 2));
        Assert.Equal("plan_limit", full.Code);
        await using (var db = _api.SystemDatabase())
            await db.Plans.ExecuteUpdateAsync(set => set.SetProperty(p => p.MaxDeployments, 100), Cancel);
    }

    [Fact]
    public async Task An_idle_platform_compares_nothing_until_something_changes()
    {
        var session = await ServingPlatform.WithModelAsync(_api);
        await ServingPlatform.DeployAsync(session, "shop");
        await ReadyAsync(session, "shop", 1);
        int Listings() => platform.First.Listings + platform.Second.Listings;
        // What the end of the load has notified is looked at once more.
        var before = -1;
        await Eventually.HoldsAsync(
            async () =>
            {
                (before, var earlier) = (Listings(), before);
                await Task.Delay(Quick.Probe * 5, Cancel);
                return earlier == before;
            },
            isQuiet => isQuiet
        );
        await Task.Delay(Quick.Probe * 10, Cancel);
        Assert.Equal(before, Listings());
        await session.Client.DeleteDeploymentAsync(session.Org, "shop", Cancel);
        await Eventually.HoldsAsync(Listings, listings => listings > before);
    }

    [Fact]
    public async Task A_change_whose_notification_was_lost_is_found_by_the_poll()
    {
        await _api.DisposeAsync();
        _api = platform.NewApi(Quick with { Poll = Soon });
        var session = await ServingPlatform.WithModelAsync(_api);
        await ServingPlatform.DeployAsync(session, "shop");
        await ReadyAsync(session, "shop", 1);
        await using var db = _api.SystemDatabase();
        var org = await session.OrgIdAsync();
        await db
            .Deployments.IgnoreTenantFilter()
            .Where(d => d.OrgId == org)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.Replicas, 2), Cancel);
        await ReadyAsync(session, "shop", 2);
    }

    [Fact]
    public async Task One_of_two_Apis_loads_and_the_other_takes_over_when_it_stops()
    {
        var session = await ServingPlatform.WithModelAsync(_api);
        await ServingPlatform.DeployAsync(session, "shop");
        await ReadyAsync(session, "shop", 1);
        await using var second = platform.NewApi(Quick);
        var other = await ServingPlatform.WithModelAsync(second);
        await ServingPlatform.DeployAsync(other, "shop");
        // The first Api learns of it from PostgreSQL.
        await ReadyAsync(other, "shop", 1);
        await _api.DisposeAsync();
        await ServingPlatform.DeployAsync(other, "next");
        await ReadyAsync(other, "next", 1);
    }

    private static async Task<PredictionResponse?> TryAsync(TenantSession session, string name)
    {
        try
        {
            return await PredictAsync(session, name);
        }
        catch (Contracts.Client.ApiException)
        {
            // It has not moved yet.
            return null;
        }
    }
}
