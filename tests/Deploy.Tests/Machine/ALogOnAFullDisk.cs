using GpuGeek.AppHost.Hosting;
using GpuGeek.Worker.Tests.Processes;

namespace GpuGeek.Deploy.Tests.Machine;

/// <summary>Before, the writers threw inside the callback that reads a child's output, which stopped the process.</summary>
public sealed class ALogOnAFullDisk
{
    [Fact]
    public void Of_a_process_of_the_platform_drops_lines_and_says_how_many()
    {
        using var disk = FullDisk.Small();
        using var log = new LogFile(disk.At("worker.log"));
        FullDisk.DropsAndGoesOn(disk, log.Write, "worker.log");
    }

    [Fact]
    public void Begins_when_there_is_room_if_there_was_none_for_the_file_itself()
    {
        using var disk = FullDisk.Small();
        disk.Fill();
        using var log = new LogFile(disk.At("logs/api.log"));
        FullDisk.DropsAndGoesOn(disk, log.Write, "logs/api.log");
    }
}
