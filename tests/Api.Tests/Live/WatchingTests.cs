using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Live;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Live;

public sealed class WatchingARun(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession Session, Guid Org, Guid Run)> StartedAsync()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        return (session, await session.OrgIdAsync(), (await session.StartRunAsync(version.Id)).Id);
    }

    /// <summary>What a worker writes in one transaction: a point, and a log line after each third.</summary>
    private async Task WriteAsync(Guid org, Guid run, int from, int to, bool hint)
    {
        await using var db = _app.SystemDatabase();
        for (var seq = from; seq <= to; seq++)
        {
            if (seq % 3 == 0)
                db.RunLogLines.Add(
                    new()
                    {
                        OrgId = org,
                        RunId = run,
                        Seq = seq,
                        Level = "info",
                        Message = $"line {seq}",
                        At = Planted.Now,
                    }
                );
            else
                db.MetricPoints.Add(
                    new()
                    {
                        OrgId = org,
                        RunId = run,
                        Name = "train/loss",
                        Step = seq,
                        Seq = seq,
                        Epoch = seq / 10.0,
                        Value = 1.0 / seq,
                        At = Planted.Now,
                    }
                );
        }
        await db.SaveChangesAsync(Cancel);
        if (hint)
            await _app.Services.GetRequiredService<ILiveNotifier>().RunChangedAsync(org, run);
    }

    private static long[] Seen(params Watcher[] watchers) =>
        [.. watchers.SelectMany(w => w.Points.Select(p => p.Seq).Concat(w.Logs.Select(l => l.Seq))).Order()];

    private static long[] Range(int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(i => (long)i)];

    [Fact]
    public async Task What_came_after_the_sequence_is_sent_and_then_what_comes()
    {
        var (session, org, run) = await StartedAsync();
        await WriteAsync(org, run, 1, 10, hint: false);
        await using var watcher = await Watcher.ConnectAsync(_app, session.Token);
        await watcher.CallAsync(LiveHub.WatchRun, session.Org, run, 4);
        await Eventually.HoldsAsync(() => watcher.LastSeq, seq => seq == 10);
        Assert.Equal(("queued", run), (watcher.State!.State, watcher.State.Id));
        await WriteAsync(org, run, 11, 15, hint: true);
        await WriteAsync(org, run, 16, 20, hint: false);
        await Eventually.HoldsAsync(() => watcher.LastSeq, seq => seq == 20);
        Assert.Equal(Range(5, 20), Seen(watcher));
    }

    [Fact]
    public async Task Over_a_reconnection_nothing_is_missed_and_nothing_comes_twice()
    {
        var (session, org, run) = await StartedAsync();
        await WriteAsync(org, run, 1, 5, hint: true);
        var first = await Watcher.ConnectAsync(_app, session.Token);
        await first.CallAsync(LiveHub.WatchRun, session.Org, run, 0);
        var writing = Task.Run(
            async () =>
            {
                for (var from = 6; from < 300; from += 2)
                    await WriteAsync(org, run, from, from + 1, hint: true);
            },
            Cancel
        );
        await Eventually.HoldsAsync(() => first.LastSeq, seq => seq > 5);
        await first.DisposeAsync();
        await using var second = await Watcher.ConnectAsync(_app, session.Token);
        await second.CallAsync(LiveHub.WatchRun, session.Org, run, first.LastSeq);
        await writing;
        await Eventually.HoldsAsync(() => second.LastSeq, seq => seq == 299);
        Assert.Equal(Range(1, 299), Seen(first, second));
    }

    [Fact]
    public async Task A_long_history_comes_whole_though_in_parts()
    {
        var (session, org, run) = await StartedAsync();
        await WriteAsync(org, run, 1, 7000, hint: false);
        await using var watcher = await Watcher.ConnectAsync(_app, session.Token);
        await watcher.CallAsync(LiveHub.WatchRun, session.Org, run, 0);
        await Eventually.HoldsAsync(() => watcher.LastSeq, seq => seq == 7000);
        Assert.Equal(Range(1, 7000), Seen(watcher));
    }

    [Fact]
    public async Task Another_organisations_run_and_a_missing_run_are_not_found()
    {
        var (owner, _, run) = await StartedAsync();
        var me = await _app.RegisterAsync();
        await using var watcher = await Watcher.ConnectAsync(_app, me.Token);
        var messages = new List<string>();
        foreach (var (org, id) in new[] { (owner.Org, run), (me.Org, run), (me.Org, Planted.NewId()) })
            messages.Add((await Assert.ThrowsAsync<HubException>(() => watcher.CallAsync(LiveHub.WatchRun, org, id, 0))).Message);
        Assert.Contains("not_found", Assert.Single(messages.Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_needs_the_scope_and_nobody_comes_in_without_a_token()
    {
        var (session, _, run) = await StartedAsync();
        var key = await session.Client.CreateKeyAsync(session.Org, new() { Name = "x", Scopes = [Scopes.Predict] }, Cancel);
        await using var watcher = await Watcher.ConnectAsync(_app, key.Key);
        Assert.Contains(
            "scope_missing",
            (await Assert.ThrowsAsync<HubException>(() => watcher.CallAsync(LiveHub.WatchRun, session.Org, run, 0))).Message,
            StringComparison.Ordinal
        );
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => Watcher.ConnectAsync(_app, null));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_session_that_ends_is_cut_off()
    {
        var (session, org, run) = await StartedAsync();
        await using var watcher = await Watcher.ConnectAsync(_app, session.Token);
        await watcher.CallAsync(LiveHub.WatchRun, session.Org, run, 0);
        await Eventually.HoldsAsync(() => watcher.State, state => state is not null);
        await session.Client.SignOutAsync(Cancel);
        await watcher.Closed.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await WriteAsync(org, run, 1, 5, hint: true);
        Assert.Empty(watcher.Points);
    }

    [Fact]
    public async Task The_imports_of_a_dataset_are_told_as_they_go()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        await using var watcher = await Watcher.ConnectAsync(_app, session.Token);
        await watcher.CallAsync(LiveHub.WatchDataset, session.Org, dataset.Id);
        var import = await session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Sample = "shapes" }, Cancel);
        await Eventually.HoldsAsync(() => watcher.ImportStates, states => states.Contains("queued"));
        await using (var db = _app.SystemDatabase())
            await db
                .Jobs.IgnoreTenantFilter()
                .Where(j => j.Id == import.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(j => j.State, JobState.Running).SetProperty(j => j.Progress, 0.5), Cancel);
        await _app.Services.GetRequiredService<ILiveNotifier>().ImportChangedAsync(await session.OrgIdAsync(), dataset.Id);
        await Eventually.HoldsAsync(() => watcher.ImportStates, states => states[^1] == "running");
        Assert.Equal(["queued", "running"], watcher.ImportStates);
    }
}
