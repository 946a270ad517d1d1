using GpuGeek.TestSupport;

namespace GpuGeek.Worker.Tests.Processes;

/// <summary>What every log does on a full disk. Also compiled into Deploy.Tests, for the logs of AppHost.</summary>
internal static class FullDisk
{
    private const string Notice = "log lines were dropped while the disk was full.";
    private static readonly string Line = new('x', 9000);

    public static SmallDisk Small()
    {
        var disk = SmallDisk.Mount(1 << 20);
        Assert.SkipWhen(disk is null, "Mounting a file system is not allowed here.");
        return disk!;
    }

    public static void DropsAndGoesOn(SmallDisk disk, Action<string?> write, string name)
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
}
