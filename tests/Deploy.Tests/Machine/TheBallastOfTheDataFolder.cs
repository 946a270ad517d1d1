using GpuGeek.AppHost.Hosting;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Machine;

public sealed class TheBallastOfTheDataFolder
{
    private const long Bytes = 1 << 20;

    [Fact]
    public async Task Takes_real_space_gives_it_up_when_the_disk_is_full_and_is_made_again()
    {
        using var disk = SmallDisk.Mount(16 << 20);
        Assert.SkipWhen(disk is null, "Mounting a file system is not allowed here.");
        var before = disk!.Free;
        await using var ballast = new Ballast(disk.At("ballast"), Bytes);
        Assert.InRange(before - disk.Free, Bytes, 2 * Bytes);

        disk.Fill();
        ballast.Adjust();
        Assert.False(File.Exists(disk.At("ballast")));
        Assert.InRange(disk.Free, Bytes, 2 * Bytes);

        disk.Empty();
        ballast.Adjust();
        Assert.True(File.Exists(disk.At("ballast")));
    }
}
