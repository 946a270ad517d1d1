using Bunit;
using GpuGeek.Web.Components.Controls;

namespace GpuGeek.Web.Tests.Components;

public sealed class ANoteOnDiskSpace() : Screen("en")
{
    [Fact]
    public void Says_what_stops_and_what_to_do_and_goes_when_there_is_room()
    {
        var note = Render<DiskNote>(p => p.Add(n => n.Short, true));
        Assert.Contains("Disk space is low", note.Markup, StringComparison.Ordinal);
        Assert.Contains("The operator should free disk space", note.Markup, StringComparison.Ordinal);
        note.Render(p => p.Add(n => n.Short, false));
        Assert.Equal("", note.Markup.Trim());
    }
}

public sealed class ANoteOnDiskSpaceInChinese() : Screen("zh-Hans")
{
    [Fact]
    public void Speaks_chinese() =>
        Assert.Contains("磁盘空间不足", Render<DiskNote>(p => p.Add(n => n.Short, true)).Markup, StringComparison.Ordinal);
}
