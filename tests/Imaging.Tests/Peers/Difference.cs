namespace GpuGeek.Imaging.Tests.Peers;

/// <summary>How far two pictures are apart, in grey levels of 255.</summary>
internal readonly record struct Difference(double Mean, int Largest)
{
    public static Difference Between(RgbImage expected, RgbImage actual)
    {
        Assert.Equal((expected.Width, expected.Height), (actual.Width, actual.Height));
        long sum = 0;
        var largest = 0;
        for (var i = 0; i < expected.Pixels.Length; i++)
        {
            var difference = Math.Abs(expected.Pixels[i] - actual.Pixels[i]);
            sum += difference;
            largest = Math.Max(largest, difference);
        }
        return new Difference(sum / (double)expected.Pixels.Length, largest);
    }

    /// <summary>Fails with every case that is further off than allowed, not just the first.</summary>
    internal static void AssertAll(IReadOnlyList<PeerCase> cases, Func<PeerCase, RgbImage> ours, double mean, int largest)
    {
        Assert.NotEmpty(cases);
        var output = TestContext.Current.TestOutputHelper;
        var wrong = new List<string>();
        foreach (var peer in cases)
        {
            var difference = Between(peer.ExpectedImage(), ours(peer));
            output?.WriteLine($"{peer.Group} {peer.Name}: mean {difference.Mean:F4}, largest {difference.Largest}");
            if (difference.Mean > mean || difference.Largest > largest)
                wrong.Add($"{peer.Name}: mean {difference.Mean:F4}, largest {difference.Largest}");
        }
        Assert.True(
            wrong.Count == 0,
            $"{wrong.Count} of {cases.Count} differ by more than mean {mean}, largest {largest}:\n{string.Join('\n', wrong)}"
        );
    }
}
