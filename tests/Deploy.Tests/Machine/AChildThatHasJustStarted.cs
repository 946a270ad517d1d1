using GpuGeek.AppHost.Hosting;
using GpuGeek.ChildProcesses;

namespace GpuGeek.Deploy.Tests.Machine;

public sealed class AChildThatHasJustStarted : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-started-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>At first it is still in the group of this process, so a signal to its own group finds nobody.</summary>
    [Fact]
    public async Task Is_killed_too()
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var child = ChildProcess.Start(
                new ChildSpec
                {
                    Name = "child",
                    FileName = "sleep",
                    Arguments = ["60"],
                    LogFile = Path.Combine(_folder, "log.txt"),
                }
            );
            child.Kill();
            Assert.Equal(128 + Signals.Kill, await child.Exited.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        }
    }
}
