using System.Diagnostics;
using System.Globalization;
using GpuGeek.AppHost.Hosting;
using GpuGeek.ChildProcesses;

namespace GpuGeek.Deploy.Tests.Machine;

/// <summary>After a child has exited, the system may give its process id, which is also that of its group, to somebody else.</summary>
public sealed class TheProcessIdOfAChildThatHasExited : IDisposable
{
    /// <summary>SIGVTALRM: of several signals the kernel delivers SIGKILL and then the lowest first, so any other would show.</summary>
    private const int OwnSignal = 26;
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-reaped-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Is_never_signalled()
    {
        var (child, stranger) = await ReusedAsync();
        using (stranger)
        {
            child.Kill();
            await child.StopAsync(TimeSpan.Zero, TimeProvider.System);
            Signals.Send(stranger.Id, OwnSignal);
            await stranger.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(128 + OwnSignal, stranger.ExitCode);
        }
    }

    /// <summary>A child that has exited, and a stranger with its process id in a session of its own.</summary>
    private async Task<(ChildProcess Child, Process Stranger)> ReusedAsync()
    {
        var child = ChildProcess.Start(
            new ChildSpec
            {
                Name = "child",
                FileName = "true",
                LogFile = Path.Combine(_folder, "log.txt"),
            }
        );
        await child.Exited;
        // Other processes of the machine take ids too.
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            Assert.SkipUnless(NextIs(child.Id), "Choosing the next process id is not allowed here.");
            var stranger = Process.Start("setsid", ["sleep", "60"]);
            if (stranger.Id == child.Id)
                return (child, stranger);
            stranger.Kill();
            stranger.Dispose();
        }
        throw new InvalidOperationException($"Process id {child.Id} was not free in 1000 attempts.");
    }

    private static bool NextIs(int pid)
    {
        try
        {
            File.WriteAllText("/proc/sys/kernel/ns_last_pid", (pid - 1).ToString(CultureInfo.InvariantCulture));
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
