using System.IO.Compression;
using GpuGeek.Imaging;
using GpuGeek.Worker.Imports.Reading;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Imports;

public sealed class ReadingArchives
{
    [Theory]
    [InlineData("cat/1.png", "cat", null)]
    [InlineData("pets/cat/1.png", "cat", null)]
    [InlineData("a/b/c/cat/1.png", "cat", null)]
    [InlineData("train/cat/1.png", "cat", "train")]
    [InlineData("pets/TRAIN/cat/1.png", "cat", "train")]
    [InlineData("pets/val/cat/1.png", "cat", "val")]
    [InlineData("pets/Valid/cat/1.png", "cat", "val")]
    [InlineData("validation/cat/1.png", "cat", "val")]
    [InlineData("test/pets/cat/1.png", "cat", "test")]
    [InlineData("train/test/cat/1.png", "cat", "test")]
    [InlineData("trainers/cat/1.png", "cat", null)]
    public void The_folder_is_the_class_and_a_folder_above_may_be_the_split(string path, string name, string? split)
    {
        using var run = ImportRun.OfZip(Zips.OfNames(path));
        var picture = Assert.Single(run.Pictures);
        Assert.Equal((name, split), (picture.Class, picture.Split));
    }

    [Fact]
    public void A_picture_comes_out_whole_with_a_thumbnail()
    {
        var bytes = Zips.Picture(3);
        using var run = ImportRun.OfZip(Zips.Of(("cat/wrong-ending.jpg", bytes)));
        var picture = Assert.Single(run.Pictures);
        Assert.Equal(("png", 24, 20, bytes.Length), (picture.Format, picture.Width, picture.Height, (int)picture.Bytes));
        Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(run.Out, picture.Hash)));
        Assert.Equal([0xFF, 0xD8], File.ReadAllBytes(Path.Combine(run.Out, picture.Hash + ".thumb"))[..2]);
    }

    [Fact]
    public void A_small_photograph_is_its_own_thumbnail_without_what_its_camera_wrote()
    {
        var plain = ImageEncoder.Jpeg(new(200, 120, new byte[200 * 120 * 3]), 90);
        byte[] comment = [0xFF, 0xFE, 0, 8, .. "secret"u8];
        byte[] photograph = [.. plain[..2], .. comment, .. plain[2..]];
        using var run = ImportRun.OfZip(Zips.Of(("cat/1.jpg", photograph)));
        var picture = Assert.Single(run.Pictures);
        Assert.Equal(photograph, File.ReadAllBytes(Path.Combine(run.Out, picture.Hash)));
        Assert.Equal(plain, File.ReadAllBytes(Path.Combine(run.Out, picture.Hash + ".thumb")));
    }

    [Theory]
    [InlineData(257, 40)]
    [InlineData(40, 300)]
    public void A_larger_photograph_has_a_thumbnail_of_256_pixels(int width, int height)
    {
        var photograph = ImageEncoder.Jpeg(new(width, height, new byte[width * height * 3]), 90);
        using var run = ImportRun.OfZip(Zips.Of(("cat/1.jpg", photograph)));
        var thumbnail = File.ReadAllBytes(Path.Combine(run.Out, Assert.Single(run.Pictures).Hash + ".thumb"));
        var probe = ImageProber.Probe(thumbnail);
        Assert.Equal(256, Math.Max(probe.Width, probe.Height));
    }

    [Fact]
    public void The_same_picture_twice_beside_each_other_is_written_once_and_reported_twice()
    {
        var files = Enumerable.Range(0, 64).Select(i => ($"cat/{i}.png", Zips.Picture(i / 2))).ToArray();
        using var run = ImportRun.OfZip(Zips.Of(files));
        Assert.Equal(64, run.Pictures.Count);
        Assert.Equal(32, run.Pictures.Select(p => p.Hash).Distinct().Count());
        foreach (var (picture, (_, bytes)) in run.Pictures.Zip(files))
            Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(run.Out, picture.Hash)));
        Assert.Equal(64, Directory.GetFiles(run.Out).Length);
    }

    [Fact]
    public void Zip64_is_read()
    {
        using var run = ImportRun.OfZip(Zips.WithZip64(Zips.OfNames("cat/1.png", "dog/2.png")));
        Assert.Equal(["cat", "dog"], run.Pictures.Select(p => p.Class));
    }

    [Fact]
    public void An_archive_made_as_a_stream_is_read()
    {
        using var buffer = new MemoryStream();
        using (var forward = new ForwardOnly(buffer))
        using (var zip = new ZipArchive(forward, ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("cat/1.png").Open();
            entry.Write(Zips.Picture(1));
        }
        using var run = ImportRun.OfZip(buffer.ToArray());
        Assert.Equal(["cat"], run.Pictures.Select(p => p.Class));
    }

    [Fact]
    public void Strange_but_harmless_names_are_taken()
    {
        using var run = ImportRun.OfZip(Zips.OfNames("%2e%2e/1.png", "cat/\u202egnp.exe.png", "猫/2.png"));
        Assert.Equal(["%2e%2e", "cat", "猫"], run.Pictures.Select(p => p.Class));
    }

    [Fact]
    public void The_events_keep_the_archives_order()
    {
        string[] names = [.. Enumerable.Range(0, 100).Select(i => $"c{i % 3}/{i:000}.png")];
        using var run = ImportRun.OfZip(Zips.OfNames(names));
        Assert.Equal(names, run.Pictures.Select(p => p.Path));
        Assert.Equal(1, run.Pictures[^1].Progress);
    }

    [Fact]
    public void The_shapes_are_always_the_same()
    {
        using var first = ImportRun.OfSample(ShapesSource.Name);
        using var second = ImportRun.OfSample(ShapesSource.Name);
        Assert.Equal(first.Pictures.Select(p => p.Hash), second.Pictures.Select(p => p.Hash));
        Assert.Equal(ShapesSource.Classes, first.Pictures.Select(p => p.Class).Distinct());
        Assert.Equal(ShapesSource.PerClass * ShapesSource.Classes.Length, first.Pictures.Select(p => p.Hash).Distinct().Count());
        Assert.All(first.Pictures, p => Assert.Equal((96, 96, "png"), (p.Width, p.Height, p.Format)));
    }

    /// <summary>Cannot seek, so the writer puts sizes behind the data.</summary>
    private sealed class ForwardOnly(Stream inner) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
