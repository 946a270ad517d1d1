using GpuGeek.Imaging.Tests.Peers;

namespace GpuGeek.Imaging.Tests.Hostile;

public sealed class MutatedFilesTests(PillowPeer pillow)
{
    private const int Mutations = 300;

    [Fact]
    public void Give_a_picture_or_a_reason_and_nothing_else()
    {
        var random = new Random(23);
        foreach (var (name, file) in Samples.All(pillow))
        {
            for (var i = 0; i < Mutations; i++)
            {
                var mutated = Mutate(file, random);
                var error = Record.Exception(() => Outcome.Of(mutated));
                Assert.True(error is null, $"{name}, mutation {i}: {error}");
            }
        }
    }

    /// <summary>Some bytes changed, mostly near the start where the structure is; some parts doubled or lost.</summary>
    private static byte[] Mutate(byte[] file, Random random)
    {
        var bytes = (byte[])file.Clone();
        for (var change = random.Next(1, 8); change > 0; change--)
            bytes[random.Next(random.Next(2) == 0 ? Math.Min(bytes.Length, 200) : bytes.Length)] = (byte)random.Next(256);
        var at = random.Next(bytes.Length);
        return random.Next(6) switch
        {
            0 => [.. bytes[..at], .. bytes[(at / 2)..]],
            1 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(40))..]],
            _ => bytes,
        };
    }
}
