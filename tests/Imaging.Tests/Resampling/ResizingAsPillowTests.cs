using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Resampling;

public sealed class ResizingAsPillowTests(PillowPeer pillow)
{
    [Fact]
    public void Every_size_gives_the_same_pixels() =>
        Difference.AssertAll(pillow.Cases("resize"), c => Resampler.Resize(c.Picture(), c.Width, c.Height), mean: 0, largest: 0);
}
