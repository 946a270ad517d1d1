using GpuGeek.ChildProcesses;

namespace GpuGeek.Worker.Tests.Processes;

/// <summary>Before, the writers threw inside the callback that reads a child's output, which stopped the process.</summary>
public sealed class ALogOnAFullDisk
{
    [Fact]
    public void Of_a_child_of_the_worker_drops_lines_and_says_how_many()
    {
        using var disk = FullDisk.Small();
        using var log = new BoundedLog(disk.At("log.txt"));
        FullDisk.DropsAndGoesOn(disk, log.Write, "log.txt");
    }
}
