using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Common;
using GpuGeek.Training.Data;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Data;

public sealed class DecodedTrainingPictures : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RunFolder _run;

    public DecodedTrainingPictures()
    {
        _run = new(TestRecipes.Tiny(), folder => [Picture(folder, "aa01", 700, 400), Picture(folder, "bb02", 60, 40)]);
    }

    private static RunImage Picture(string folder, string name, int width, int height)
    {
        Directory.CreateDirectory(folder);
        byte[] pixels = [.. Enumerable.Range(0, width * height * 3).Select(i => (byte)(i * 7 + i / width))];
        File.WriteAllBytes(Path.Combine(folder, name), ImageEncoder.Png(new(width, height, pixels)));
        return new(name, 0, "train");
    }

    private RunImage Large => _run.Spec.Images[0];
    private RunImage Small => _run.Spec.Images[1];

    private DerivedPictures Open(long most = long.MaxValue, long reserve = 0) =>
        new(new Originals(_run.Spec), new DiskRoom(_folder.Path, reserve, CancellationToken.None), _folder.Path, most, inputSize: 32);

    private string[] Files() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);

    [Fact]
    public void Have_the_same_pixels_from_the_cache_as_without_it()
    {
        var pictures = Open();
        foreach (var image in _run.Spec.Images)
        {
            var computed = pictures.Read(image);
            pictures.Prepare(image);
            Assert.Equal(computed.Pixels, pictures.Read(image).Pixels);
        }
        Assert.Equal((448, 256), (pictures.Read(Large).Width, pictures.Read(Large).Height));
        Assert.Equal((60, 40), (pictures.Read(Small).Width, pictures.Read(Small).Height));
        Assert.Equal(2, Files().Length);
    }

    [Fact]
    public void Are_there_for_the_next_run_without_their_originals()
    {
        var expected = Open().Read(Large).Pixels;
        Open().Prepare(Large);
        File.Delete(Path.Combine(_run.ImagesFolder, Large.Hash));
        var next = Open();
        next.Prepare(Large);
        Assert.Equal(expected, next.Read(Large).Pixels);
        // Of another size they are others.
        var other = new DerivedPictures(
            new Originals(_run.Spec),
            new DiskRoom(_folder.Path, 0, CancellationToken.None),
            _folder.Path,
            long.MaxValue,
            inputSize: 300
        );
        Assert.Throws<TrainingFailedException>(() => other.Read(Large));
    }

    /// <summary>What a machine that lost its power may leave.</summary>
    [Theory]
    [InlineData("cut")]
    [InlineData("changed")]
    [InlineData("empty")]
    [InlineData("longer")]
    [InlineData("zeros")]
    public void Are_computed_anew_where_their_file_is_damaged(string how)
    {
        var pictures = Open();
        var expected = pictures.Read(Large).Pixels;
        pictures.Prepare(Large);
        var path = Assert.Single(Files());
        var bytes = File.ReadAllBytes(path);
        if (how == "changed")
            bytes[^1] ^= 1;
        File.WriteAllBytes(
            path,
            how switch
            {
                "cut" => bytes[..^5],
                "empty" => [],
                "longer" => [.. bytes, 0],
                "zeros" => [.. bytes[..16], .. new byte[bytes.Length - 16]],
                _ => bytes,
            }
        );
        Assert.Equal(expected, pictures.Read(Large).Pixels);
        Assert.Equal(expected, PixelFile.Read(path)!.Pixels);
    }

    [Fact]
    public void Written_by_forty_at_once_are_one_file()
    {
        var pictures = Open();
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => pictures.Prepare(Large));
        Assert.Single(Files());
        Assert.Equal((448, 256), (pictures.Read(Large).Width, pictures.Read(Large).Height));
    }

    [Fact]
    public void Are_kept_only_while_there_is_room()
    {
        var few = Open(most: 16 + 60 * 40 * 3);
        few.Prepare(Small);
        few.Prepare(Large);
        Assert.Single(Files());
        Assert.Equal(256, few.Read(Large).Height);
        var full = Open(reserve: long.MaxValue / 2);
        full.Prepare(Large);
        Assert.Single(Files());
    }

    public void Dispose()
    {
        _run.Dispose();
        _folder.Dispose();
    }
}
