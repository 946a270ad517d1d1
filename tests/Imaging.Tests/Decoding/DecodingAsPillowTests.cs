using System.IO.Compression;
using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Decoding;

public sealed class DecodingAsPillowTests(PillowPeer pillow)
{
    [Fact]
    public void Lossless_pictures_have_the_same_pixels() =>
        Difference.AssertAll(pillow.Cases("lossless"), c => c.Picture(), mean: 0, largest: 0);

    [Fact]
    public void Sixteen_bits_become_eight_by_their_high_byte() =>
        Difference.AssertAll(pillow.Cases("deep"), c => c.Picture(), mean: 0, largest: 0);

    [Fact]
    public void Lossy_pictures_differ_only_by_the_decoders_rounding() =>
        Difference.AssertAll(pillow.Cases("lossy"), c => c.Picture(), mean: 0.05, largest: 2);

    [Fact]
    public void Real_photographs_differ_only_by_the_decoders_rounding()
    {
        using var zip = ZipFile.OpenRead(Checkout.SharedData("flowers5.zip"));
        var folder = Directory.CreateTempSubdirectory("gpugeek-flowers-").FullName;
        try
        {
            var files = zip
                .Entries.Where(e => e.Length > 0)
                .Where((_, i) => i % 15 == 0)
                .Select(
                    (e, i) =>
                    {
                        var file = Path.Combine(folder, $"{i}.jpg");
                        e.ExtractToFile(file);
                        return file;
                    }
                )
                .ToArray();
            PillowPeer.Decode(files);
            var differences = files
                .Select(f =>
                {
                    var ours = ImageDecoder.Decode(File.ReadAllBytes(f));
                    return Difference.Between(ours with { Pixels = File.ReadAllBytes(f + ".rgb") }, ours);
                })
                .ToArray();
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{files.Length} photographs: mean {differences.Average(d => d.Mean):F4}, largest {differences.Max(d => d.Largest)}"
            );
            Assert.All(differences, d => Assert.True(d.Mean <= 0.05 && d.Largest <= 2, d.ToString()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
