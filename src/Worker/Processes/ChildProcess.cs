using System.ComponentModel;
using System.Diagnostics;

namespace GpuGeek.ChildProcesses;

/// <summary>What a host starts and how.</summary>
internal interface IChildSpec
{
    /// <summary>For messages.</summary>
    string Name { get; }

    /// <summary>Arguments for <c>setsid</c>: wrappers exec one another in place, so the pid remains that of the child and its
    /// group.</summary>
    IEnumerable<string> CommandLine();

    /// <summary>Changes the variables of this process to those of the child.</summary>
    void Change(IDictionary<string, string?> environment);

    /// <summary>Gets stdout and stderr.</summary>
    IChildLog OpenLog();
}

/// <summary>May be written from several threads, also after it was disposed: a grandchild may keep the output open.</summary>
internal interface IChildLog : IDisposable
{
    void Write(string? line);
}

/// <summary>
/// A process in its own session that dies with this one, however this one dies. The kernel's parent-death signal follows the thread that
/// started the child, so each child has a thread that starts it and then waits for it. Also compiled into AppHost, which refers to no other
/// project.
/// </summary>
internal sealed class ChildProcess
{
    /// <summary>For the last lines of the output.</summary>
    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private bool _reaped;

    private ChildProcess() { }

    public int Id { get; private set; }

    /// <summary>The exit code; 128 + n after signal n.</summary>
    public Task<int> Exited => _exited.Task;

    /// <exception cref="ChildStartException"/>
    public static ChildProcess Start(IChildSpec spec)
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

    /// <summary>The signal, a waiting time, then SIGKILL.</summary>
    public async Task<int> StopAsync(TimeSpan patience, TimeProvider clock, int signal = Signals.Terminate)
    {
        Send(signal);
        await Task.WhenAny(Exited, Task.Delay(patience, clock));
        Kill();
        return await Exited;
    }

    private void StartAndWait(IChildSpec spec, ManualResetEventSlim started)
    {
        using var log = spec.OpenLog();
        using var process = Process.Start(StartInfo(spec))!;
        Id = process.Id;
        process.OutputDataReceived += (_, line) => log.Write(line.Data);
        process.ErrorDataReceived += (_, line) => log.Write(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        started.Set();
        // Without a timeout it would also wait for the end of the output, which a grandchild may keep open.
        while (!process.WaitForExit(TimeSpan.FromHours(1))) { }
        lock (_gate)
        {
            // While the gate is held, nobody sends signals: afterwards the pid may belong to another process. Descendants are killed too.
            Signals.Send(-Id, Signals.Kill);
            _reaped = true;
        }
        // Those in a session of their own, as PostgreSQL's, may still write: their lines are kept, but nobody waits for them.
        var drained = Task.Run(process.WaitForExit);
        drained.Wait(OutputPatience);
        _exited.SetResult(process.ExitCode);
        drained.Wait();
    }

    private void Send(int signal)
    {
        lock (_gate)
        {
            // A child just started may not have its own group yet: then it has no descendants either.
            if (!_reaped && !Signals.Send(-Id, signal))
                Signals.Send(Id, signal);
        }
    }

    private static ProcessStartInfo StartInfo(IChildSpec spec)
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in spec.CommandLine())
            start.ArgumentList.Add(argument);
        spec.Change(start.Environment);
        return start;
    }
}

internal sealed class ChildStartException(string name, Exception inner) : Exception($"{name} could not be started: {inner.Message}", inner);
