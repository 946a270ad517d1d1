using GpuGeek.Domain.Runs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Telemetry;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Telemetry;

/// <summary>Other tests of this process count too: these look for what must be there, not for how often.</summary>
public sealed class MetricsOfAWorker(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);
    private readonly MetricsPage _page = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Tell_how_runs_and_jobs_ended_what_waits_and_what_is_busy()
    {
        _settings.Variables["GPUGEEK_METRICS"] = _page.Address;
        await using var worker = await TestWorker.StartAsync(_settings, Trainers.Write(_settings, Trainers.Fails));
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        await tenant.WaitForRunAsync(await tenant.QueueRunAsync(), r => r.State == RunState.Failed);
        await tenant.WaitForImportAsync(await tenant.QueueImportAsync(null, "shapes"), i => i.IsFinished);
        string[] expected =
        [
            "gpugeek_run_duration_seconds_count{gpugeek_end=\"failed\"} ",
            "gpugeek_job_duration_seconds_count{gpugeek_end=\"succeeded\",gpugeek_job_kind=\"import\"} ",
            "gpugeek_queue_length{gpugeek_queue=\"run\"} ",
            "gpugeek_queue_length{gpugeek_queue=\"weights\"} ",
            "gpugeek_queue_oldest_seconds{gpugeek_queue=\"run\"} ",
            "gpugeek_lane_places{gpugeek_lane=\"slot\"} ",
            "gpugeek_lane_places_busy{gpugeek_lane=\"slot\"} ",
            "gpugeek_child_cpu_time_seconds_total ",
        ];
        await Eventually.HoldsAsync(
            async () =>
            {
                var lines = await _page.LinesAsync(Cancel);
                return string.Join('\n', expected.Where(start => !Array.Exists(lines, l => l.StartsWith(start, StringComparison.Ordinal))));
            },
            missing => missing.Length == 0
        );
    }

    /// <summary>A name may contain spaces and brackets.</summary>
    [Fact]
    public void Read_the_childrens_time_from_the_kernel()
    {
        const string stat = "42 (a ) b) S 1 42 42 0 -1 4194560 1 2 3 4 100 200 350 50 20 0 9 0 123 4 5";
        Assert.Equal(4.0, ChildCpuTime.Parse(stat));
    }
}
