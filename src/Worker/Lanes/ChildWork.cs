using GpuGeek.ChildProcesses;

namespace GpuGeek.Worker.Lanes;

/// <summary>A child process that reads a stranger's bytes for a job, from its start to its end.</summary>
internal static class ChildWork
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <param name="longest">The child is killed after this time.</param>
    /// <param name="pump">Takes over what the child has reported; false: nothing new. Null: it reports only at its end.</param>
    /// <param name="enough">Whether the child's work is decided: then it is killed.</param>
    /// <returns>The exit code. All reports have been taken over.</returns>
    public static async Task<int> RunAsync(
        ChildSpec spec,
        TimeSpan longest,
        TimeProvider clock,
        CancellationToken stop,
        Func<Task<bool>>? pump = null,
        Func<bool>? enough = null
    )
    {
        var child = ChildProcess.Start(spec);
        try
        {
            var begun = clock.GetTimestamp();
            while (enough?.Invoke() != true && clock.GetElapsedTime(begun) < longest)
            {
                // Checks first whether the child has exited, then reads its reports, so that the last ones are always read.
                var ended = child.Exited.IsCompleted;
                var more = pump is not null && await pump();
                if (ended && !more)
                    break;
                if (!more)
                    await Task.WhenAny(child.Exited, Task.Delay(Look, clock, stop));
                stop.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            child.Kill();
            await child.Exited;
        }
        return await child.Exited;
    }
}
