using System.Diagnostics;

namespace GpuGeek.AppHost.Hosting;

internal sealed record ChildSpec
{
    public required string Name { get; init; }
    public required string FileName { get; init; }
    public string[] Arguments { get; init; } = [];
    public Dictionary<string, string> Environment { get; init; } = [];
    public required string LogFile { get; init; }

    /// <summary>Options of setpriv that change the account.</summary>
    public string[] SetPrivArguments { get; init; } = [];

    /// <summary>The signal that the child gets when this process dies, for whatever reason.</summary>
    public string DeathSignal { get; init; } = "KILL";
}

/// <summary>
/// A process in its own session that dies with this one. The kernel's parent-death signal follows the thread that started the child, so
/// each child has a thread that starts it and then waits for it.
/// </summary>
internal sealed class ChildProcess
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess() { }

    public int Id { get; private set; }
    public Task<int> Exited => _exited.Task;

    public static ChildProcess Start(ChildSpec spec)
    {
        var child = new ChildProcess();
        using var started = new ManualResetEventSlim();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var log = new LogFile(spec.LogFile);
                using var process = Process.Start(StartInfo(spec))!;
                child.Id = process.Id;
                log.Follow(process);
                started.Set();
                process.WaitForExit(int.MaxValue);
                // Grandchildren may outlive the child and keep its output open: wait for the last lines, but not for them.
                var drained = Task.Run(process.WaitForExit);
                drained.Wait(TimeSpan.FromSeconds(1));
                child._exited.SetResult(process.ExitCode);
                drained.Wait();
            }
            catch (Exception e)
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
        return failure is null ? child : throw new PartFailedException(spec.Name, $"it could not be started ({failure.Message}).");
    }

    /// <summary>Signals the process, waits, then kills its whole group.</summary>
    public async Task StopAsync(PosixSignalNumber signal, TimeSpan patience)
    {
        if (!Exited.IsCompleted)
        {
            Signals.Send(Id, signal);
            await Task.WhenAny(Exited, Task.Delay(patience));
        }
        Kill();
        await Exited;
    }

    public void Kill() => Signals.Send(-Id, PosixSignalNumber.Kill);

    private static ProcessStartInfo StartInfo(ChildSpec spec)
    {
        // setsid execs in place (a forked child is not a group leader), so the pid is that of the child and of its group.
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        string[] arguments = ["setpriv", .. spec.SetPrivArguments, "--pdeathsig", spec.DeathSignal, spec.FileName, .. spec.Arguments];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in spec.Environment)
            start.Environment[name] = value;
        return start;
    }
}
