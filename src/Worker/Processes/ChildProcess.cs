using System.ComponentModel;
using System.Diagnostics;
using GpuGeek.Domain.Common;

namespace GpuGeek.Worker.Processes;

/// <summary>
/// A process in its own session that dies with this one, however this one dies. The kernel's parent-death signal follows the thread that
/// started the child, so each child has a thread that starts it and then waits for it.
/// </summary>
internal sealed class ChildProcess
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private bool _reaped;

    private ChildProcess() { }

    public int Id { get; private set; }

    /// <summary>The exit code; 128 + n after signal n.</summary>
    public Task<int> Exited => _exited.Task;

    /// <exception cref="ChildStartException"/>
    public static ChildProcess Start(ChildSpec spec)
    {
        var child = new ChildProcess();
        using var started = new ManualResetEventSlim();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                child.StartAndWait(spec, started);
            }
            catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                failure = e;
                child._exited.TrySetResult(-1);
                started.Set();
            }
        })
        {
            IsBackground = true,
            Name = $"parent of {spec.Name}",
        };
        thread.Start();
        started.Wait();
        return failure is null ? child : throw new ChildStartException(spec.Name, failure);
    }

    /// <summary>Requests the end; the child can save its work.</summary>
    public void Terminate() => Send(Signals.Terminate);

    /// <summary>Kills the child and all its descendants.</summary>
    public void Kill() => Send(Signals.Kill);

    /// <summary>SIGTERM, a waiting time, then SIGKILL.</summary>
    public async Task<int> StopAsync(TimeSpan patience, TimeProvider clock)
    {
        Terminate();
        await Task.WhenAny(Exited, Task.Delay(patience, clock));
        Kill();
        return await Exited;
    }

    private void StartAndWait(ChildSpec spec, ManualResetEventSlim started)
    {
        using var log = new BoundedLog(spec.LogFile);
        using var process = Process.Start(StartInfo(spec))!;
        Id = process.Id;
        log.Follow(process);
        started.Set();
        // Without a timeout it would also wait for the end of the output, which a grandchild may keep open.
        while (!process.WaitForExit(TimeSpan.FromHours(1))) { }
        lock (_gate)
        {
            // While the gate is held, nobody sends signals: afterwards the pid may belong to another process. Descendants are killed too.
            Signals.Send(-Id, Signals.Kill);
            _reaped = true;
        }
        process.WaitForExit();
        _exited.SetResult(process.ExitCode);
    }

    private void Send(int signal)
    {
        lock (_gate)
        {
            if (!_reaped)
                Signals.Send(-Id, signal);
        }
    }

    private static ProcessStartInfo StartInfo(ChildSpec spec)
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in spec.CommandLine())
            start.ArgumentList.Add(argument);
        // The child decodes untrusted bytes and runs native code: it gets no credentials.
        foreach (var name in start.Environment.Keys.Where(IsSecret).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in spec.Environment)
            start.Environment[name] = value;
        if (TraceParent.Current is { } trace)
            start.Environment["TRACEPARENT"] = trace;
        return start;
    }

    private static bool IsSecret(string name) =>
        name.StartsWith("GPUGEEK_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal);
}

internal sealed class ChildStartException(string name, Exception inner) : Exception($"{name} could not be started: {inner.Message}", inner);
