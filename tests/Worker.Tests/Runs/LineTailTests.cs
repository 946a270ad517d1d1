using GpuGeek.Worker.Runs;

namespace GpuGeek.Worker.Tests.Runs;

public sealed class FollowingAFile : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose()
    {
        File.Delete(_path);
        File.Delete(_path + ".offset");
    }

    [Fact]
    public void Only_whole_lines_are_read()
    {
        File.WriteAllText(_path, "one\ntw");
        var tail = new LineTail(_path);
        Assert.Equal(["one"], tail.Read());
        Assert.Empty(tail.Read());
        File.AppendAllText(_path, "o\n");
        Assert.Equal(["two"], tail.Read());
    }

    [Fact]
    public void At_the_end_an_unfinished_line_counts()
    {
        File.WriteAllText(_path, "one\ntw");
        Assert.Equal(["one"], new LineTail(_path).Read());
        var tail = new LineTail(_path);
        Assert.Equal(["one"], tail.Read(final: true));
        Assert.Equal(["tw"], tail.Read(final: true));
    }

    [Fact]
    public void What_was_not_acknowledged_is_read_again()
    {
        File.WriteAllText(_path, "one\n");
        var first = new LineTail(_path);
        first.Read();
        first.Acknowledge();
        File.AppendAllText(_path, "two\n");
        first.Read();
        Assert.Equal(["two"], new LineTail(_path).Read());
    }

    [Fact]
    public void A_line_longer_than_the_buffer_does_not_stop_it()
    {
        File.WriteAllText(_path, new string('x', 3 << 20) + "\nend\n");
        var tail = new LineTail(_path);
        List<string> lines = [];
        while (tail.Read() is { Count: > 0 } some)
            lines.AddRange(some);
        Assert.Equal("end", lines[^1]);
    }

    [Theory]
    [InlineData("one\ntw", "one\n")]
    [InlineData("one\n", "one\n")]
    [InlineData("torn", "")]
    [InlineData("", "")]
    public void A_torn_line_is_cut_off(string before, string after)
    {
        File.WriteAllText(_path, before);
        LineTail.RemoveTornLine(_path);
        Assert.Equal(after, File.ReadAllText(_path));
    }
}
