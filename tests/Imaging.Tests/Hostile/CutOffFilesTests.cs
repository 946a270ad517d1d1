using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Hostile;

public sealed class CutOffFilesTests(PillowPeer pillow)
{
    [Fact]
    public void Are_refused_wherever_they_are_cut()
    {
        var passed = new List<string>();
        foreach (var (name, file) in Samples.All(pillow))
        {
            // An animation is sound when its first frame is whole.
            var end = name.EndsWith("animated", StringComparison.Ordinal) ? 0.25 : 0.97;
            for (var part = 0.005; part < end; part += 0.005)
            {
                var cut = file[..(int)(file.Length * part)];
                if (Outcome.Of(cut) is null)
                    passed.Add($"{name} cut at {cut.Length} of {file.Length}");
            }
        }
        Assert.True(passed.Count == 0, string.Join('\n', passed));
    }

    [Fact]
    public void A_png_cut_at_fifty_bytes_is_damaged() =>
        Assert.Equal(ImageException.Damaged, Assert.Throws<ImageException>(() => ImageDecoder.Decode(Samples.Png[..50])).Code);
}
