using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Runs;

namespace GpuGeek.Api.Tests.Runs;

public sealed class ReadingCurvesAndLogs(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>A run with loss at each step, a spike of 100 at step 501, a dip of -100 at step 502, and an accuracy at each
    /// tenth.</summary>
    private async Task<(TenantSession Session, Guid Run)> TrainedAsync(int steps)
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var run = (await session.StartRunAsync(version.Id)).Id;
        var org = await session.OrgIdAsync();
        await using var db = _app.SystemDatabase();
        for (int step = 1, seq = 0; step <= steps; step++)
        {
            db.MetricPoints.Add(
                new()
                {
                    OrgId = org,
                    RunId = run,
                    Name = "train/loss",
                    Step = step,
                    Seq = ++seq,
                    Epoch = step / 100.0,
                    Value = step switch
                    {
                        501 => 100,
                        502 => -100,
                        _ => 1.0 / step,
                    },
                    At = Planted.Now,
                }
            );
            if (step % 10 == 0)
                db.MetricPoints.Add(
                    new()
                    {
                        OrgId = org,
                        RunId = run,
                        Name = "val/accuracy",
                        Step = step,
                        Seq = ++seq,
                        Epoch = step / 100.0,
                        Value = 0.5,
                        At = Planted.Now,
                    }
                );
        }
        await db.SaveChangesAsync(Cancel);
        return (session, run);
    }

    private static async Task<MetricsResponse> NamesAsync(TenantSession session, Guid run, string query) =>
        (await session.Http.GetFromJsonAsync<MetricsResponse>(session.At($"runs/{run}/metrics?{query}"), Cancel))!;

    [Fact]
    public async Task After_a_sequence_only_newer_points_come_in_order()
    {
        var (session, run) = await TrainedAsync(30);
        var all = await session.Client.GetMetricsAsync(session.Org, run, ct: Cancel);
        Assert.Equal((33, 33), (all.Items.Count, all.LastSeq));
        Assert.Equal(Enumerable.Range(1, 33).Select(i => (long)i), all.Items.Select(p => p.Seq));
        var newer = await session.Client.GetMetricsAsync(session.Org, run, 30, ct: Cancel);
        Assert.Equal(all.Items.Skip(30), newer.Items);
        var none = await session.Client.GetMetricsAsync(session.Org, run, 33, ct: Cancel);
        Assert.Equal((0, 33), (none.Items.Count, none.LastSeq));
    }

    [Fact]
    public async Task Names_choose_the_curves()
    {
        var (session, run) = await TrainedAsync(30);
        Assert.All((await NamesAsync(session, run, "names=val/accuracy")).Items, p => Assert.Equal("val/accuracy", p.Name));
        Assert.Equal(3, (await NamesAsync(session, run, "names=val/accuracy")).Items.Count);
        Assert.Equal(33, (await NamesAsync(session, run, "names=val/accuracy,%20train/loss")).Items.Count);
        Assert.Empty((await NamesAsync(session, run, "names=nothing")).Items);
    }

    [Fact]
    public async Task Thinning_a_long_curve_keeps_its_peaks_and_the_last_sequence()
    {
        var (session, run) = await TrainedAsync(2000);
        var thin = await session.Client.GetMetricsAsync(session.Org, run, points: 50, ct: Cancel);
        var loss = thin.Items.Where(p => p.Name == "train/loss").ToList();
        Assert.InRange(loss.Count, 25, 52);
        Assert.Equal((100, -100), (loss.Max(p => p.Value), loss.Min(p => p.Value)));
        Assert.Equal(2200, thin.LastSeq);
        Assert.Equal(thin.Items.Select(p => p.Seq).Order(), thin.Items.Select(p => p.Seq));
        Assert.Equal(thin.Items.Count, thin.Items.Select(p => p.Seq).Distinct().Count());
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10_001)]
    public async Task Fewer_or_more_points_than_a_chart_shows_are_refused(int points)
    {
        var (session, run) = await TrainedAsync(1);
        var refused = await Answers.RefusedAsync(() => session.Client.GetMetricsAsync(session.Org, run, points: points, ct: Cancel));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid_points"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task A_long_log_is_read_page_by_page()
    {
        var (session, run) = await TrainedAsync(1);
        var org = await session.OrgIdAsync();
        await using (var db = _app.SystemDatabase())
        {
            db.RunLogLines.AddRange(
                Enumerable
                    .Range(2, 2500)
                    .Select(seq => new Domain.Runs.RunLogLine
                    {
                        OrgId = org,
                        RunId = run,
                        Seq = seq,
                        Level = "info",
                        Message = $"line {seq}",
                        At = Planted.Now,
                    })
            );
            await db.SaveChangesAsync(Cancel);
        }
        var first = await session.Client.GetLogsAsync(session.Org, run, ct: Cancel);
        Assert.Equal((2000, 2001), (first.Items.Count, first.LastSeq));
        var second = await session.Client.GetLogsAsync(session.Org, run, first.LastSeq, Cancel);
        Assert.Equal((500, "line 2002", "line 2501"), (second.Items.Count, second.Items[0].Message, second.Items[^1].Message));
        Assert.Empty((await session.Client.GetLogsAsync(session.Org, run, second.LastSeq, Cancel)).Items);
    }
}
