using System.Diagnostics;
using System.Text.Json;

namespace GpuGeek.Worker.Telemetry;

/// <summary>One attempt at a run or a job: a span in the trace of the request that queued it, and its part in the metrics.</summary>
internal sealed class Attempt : IDisposable
{
    private static readonly ActivitySource Source = new("GpuGeek.Worker");
    private readonly Activity _span;
    private readonly TagList _tags;
    private readonly bool _isRun;
    private readonly long _started = Stopwatch.GetTimestamp();
    private string _end = "lost";

    private Attempt(string name, string? parent, bool isRun, TagList tags)
    {
        // Without a collector too: the trace's id is in log lines, and the child gets it.
        _span = Source.StartActivity(name, ActivityKind.Consumer, parent) ?? Unrecorded(name, parent);
        (_isRun, _tags) = (isRun, tags);
    }

    public static Attempt AtRun(Guid run, int number, string? parent)
    {
        var attempt = new Attempt("run", parent, isRun: true, []);
        attempt._span.SetTag("gpugeek.run.id", run).SetTag("gpugeek.run.attempt", number);
        return attempt;
    }

    public static Attempt AtJob(string kind, Guid job, string? parent)
    {
        var attempt = new Attempt($"job {kind}", parent, isRun: false, new() { { "gpugeek.job.kind", kind } });
        attempt._span.SetTag("gpugeek.job.id", job).SetTag("gpugeek.job.kind", kind);
        return attempt;
    }

    /// <param name="end">Its type is the name of the end.</param>
    public void EndsAs(object end, bool isError)
    {
        _end = JsonNamingPolicy.SnakeCaseLower.ConvertName(end.GetType().Name);
        _span.SetStatus(isError ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
    }

    /// <summary>The lease is lost: how the attempt would have ended does not count.</summary>
    public void Lose() => _end = "lost";

    public void Dispose()
    {
        _span.SetTag("gpugeek.end", _end);
        _span.Dispose();
        var tags = _tags;
        tags.Add("gpugeek.end", _end);
        var duration = _isRun ? WorkerMeter.RunDuration : WorkerMeter.JobDuration;
        duration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, tags);
    }

    private static Activity Unrecorded(string name, string? parent)
    {
        var span = new Activity(name);
        if (parent is not null)
            span.SetParentId(parent);
        return span.Start();
    }

    /// <summary>A part of the current attempt that its child process reported.</summary>
    /// <returns>Null if no traces are recorded. It is not the current span.</returns>
    public static Activity? Part(string name, DateTimeOffset started)
    {
        var current = Activity.Current;
        var part = Source.StartActivity(ActivityKind.Internal, startTime: started, name: name);
        Activity.Current = current;
        return part;
    }
}
