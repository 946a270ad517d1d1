using GpuGeek.Domain.Models;
using GpuGeek.Imaging.Tests.Hostile;

namespace GpuGeek.Imaging.Tests.Serving;

public sealed class ManyAtOnceTests
{
    [Fact]
    public void Give_what_one_alone_gives()
    {
        var preprocessing = Preprocessing.ImageNet(64);
        var alone = new float[3 * 64 * 64];
        Preprocessor.Run(Samples.Jpeg, preprocessing, alone);
        Parallel.For(
            0,
            200,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i =>
            {
                var own = new float[alone.Length];
                // Refused files in between must give their buffers back unharmed.
                if (i % 3 == 0)
                    Assert.Throws<ImageException>(() => Preprocessor.Run(Samples.Jpeg[..1500], preprocessing, new float[alone.Length]));
                Preprocessor.Run(Samples.Jpeg, preprocessing, own);
                Assert.Equal(alone, own);
            }
        );
    }
}
