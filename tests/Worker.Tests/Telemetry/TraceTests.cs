using System.Collections.Concurrent;
using System.Diagnostics;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Telemetry;

public sealed class TheTraceOfARequest : IDisposable
{
    private const string Credentials = "OTEL_EXPORTER_OTLP_HEADERS";
    private readonly Settings _settings;
    private readonly string _trace = ActivityTraceId.CreateRandom().ToHexString();
    private readonly ConcurrentBag<Activity> _spans = [];
    private readonly ActivityListener _listener;

    public TheTraceOfARequest(PostgresFixture postgres)
    {
        _settings = new(postgres);
        _listener = new()
        {
            ShouldListenTo = source => source.Name == "GpuGeek.Worker",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Keep,
        };
        ActivitySource.AddActivityListener(_listener);
        Environment.SetEnvironmentVariable(Credentials, "authorization=a secret");
    }

    private string Parent => $"00-{_trace}-00f067aa0ba902b7-01";

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Credentials, null);
        _listener.Dispose();
        _settings.Dispose();
    }

    private void Keep(Activity span)
    {
        if (span.TraceId.ToHexString() == _trace)
            _spans.Add(span);
    }

    private Task<Activity> SpanAsync(string name) =>
        Eventually.HoldsAsync(() => _spans.FirstOrDefault(s => s.OperationName == name)!, s => s is not null);

    /// <summary>The phases are those that the trainer reports; the trainer's environment has the trace too.</summary>
    [Fact]
    public async Task Continues_in_the_run_in_its_phases_and_in_the_environment_of_its_trainer()
    {
        var environment = Path.Combine(Path.GetDirectoryName(_settings.Work)!, "environment");
        var trainer = $$"""
            env > {{environment}}
            say "{\"type\":\"phase\",\"phase\":\"exporting\",\"progress\":0.9,\"at\":\"2026-01-01T00:00:07+00:00\"}"
            point train/loss 1 0.5; result
            """;
        await using var worker = await TestWorker.StartAsync(_settings, Trainers.Write(_settings, trainer));
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await tenant.QueueRunAsync(trace: Parent);
        await tenant.WaitForRunAsync(id, r => r.State == RunState.Succeeded);

        var run = await SpanAsync("run");
        Assert.Equal((Parent, "finished", id), (run.ParentId, run.GetTagItem("gpugeek.end"), run.GetTagItem("gpugeek.run.id")));
        var training = await SpanAsync("phase training");
        Assert.Equal((run.SpanId, 7.0), (training.ParentSpanId, training.Duration.TotalSeconds));
        Assert.Equal(run.SpanId, (await SpanAsync("phase exporting")).ParentSpanId);
        var given = await File.ReadAllLinesAsync(environment, TestContext.Current.CancellationToken);
        Assert.Contains($"TRACEPARENT={run.Id}", given);
        Assert.DoesNotContain(given, line => line.StartsWith("OTEL_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Continues_in_the_job()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        Guid id;
        string? request;
        using (var span = new Activity("request").SetParentId(Parent).Start())
            (request, id) = (span.Id, await tenant.QueueImportAsync(null, "shapes"));
        await tenant.WaitForImportAsync(id, i => i.IsFinished);
        var job = await SpanAsync("job import");
        Assert.Equal((request, "succeeded"), (job.ParentId, job.GetTagItem("gpugeek.end")));
        Assert.Equal(JobKinds.Import, job.GetTagItem("gpugeek.job.kind"));
    }
}
