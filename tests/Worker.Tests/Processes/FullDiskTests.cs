using GpuGeek.AppHost.Hosting;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Processes;

namespace GpuGeek.Worker.Tests.Processes;

/// <summary>Before, the writers threw inside the callback that reads a child's output, which stopped the process.</summary>
public sealed class ALogOnAFullDisk
{
    private const string Notice = "log lines were dropped while the disk was full.";
    private static readonly string Line = new('x', 9000);

    [Fact]
    public void Of_a_child_of_the_worker_drops_lines_and_says_how_many()
    {
        using var disk = Small();
        using var log = new BoundedLog(disk.At("log.txt"));
        DropsAndGoesOn(disk, log.Write, "log.txt");
    }

    [Fact]
    public void Of_a_process_of_the_platform_drops_lines_and_says_how_many()
    {
        using var disk = Small();
        using var log = new LogFile(disk.At("worker.log"));
        DropsAndGoesOn(disk, log.Write, "worker.log");
    }

    [Fact]
    public void Begins_when_there_is_room_if_there_was_none_for_the_file_itself()
    {
        using var disk = Small();
        disk.Fill();
        using var log = new LogFile(disk.At("logs/api.log"));
        DropsAndGoesOn(disk, log.Write, "logs/api.log");
    }

    private static void DropsAndGoesOn(SmallDisk disk, Action<string?> write, string name)
    {
        write("before");
        disk.Fill();
        for (var i = 0; i < 20; i++)
            write(Line);
        disk.Empty();
        write("after");
        var text = File.ReadAllText(disk.At(name));
        Assert.Contains(Notice, text, StringComparison.Ordinal);
        Assert.EndsWith("\nafter\n", text, StringComparison.Ordinal);
        Assert.Single(text.Split('\n'), l => l.Contains(Notice, StringComparison.Ordinal));
    }

    private static SmallDisk Small()
    {
        var disk = SmallDisk.Mount(1 << 20);
        Assert.SkipWhen(disk is null, "Mounting a file system is not allowed here.");
        return disk!;
    }
}
