using System.Diagnostics;
using GpuGeek.Worker.Hosting;

namespace GpuGeek.Worker.Tests.Support;

/// <summary>The worker in a process of its own, which a test can kill.</summary>
internal static class WorkerProcess
{
    public static Process Start(Settings settings, params string[] arguments)
    {
        var start = new ProcessStartInfo(OwnExecutable.Path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings.Variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
