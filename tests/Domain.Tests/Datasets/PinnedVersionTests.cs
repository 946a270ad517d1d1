using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

/// <summary>A version that is made again must be the one that is there already: the same pictures give the same manifest in every
/// release.</summary>
public sealed class AVersionMadeAgain
{
    private const int Count = 3000;

    private static string Hash(int i) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture))));

    /// <summary>Every eighth picture is the one before it with some bits changed: mostly near to it, sometimes just not.</summary>
    private static byte[]? Look(int i, Random random, byte[]? before)
    {
        if (i % 50 == 0)
            return null;
        var look = new byte[33];
        random.NextBytes(look);
        if (i % 8 != 0 || before is null)
            return look;
        before.CopyTo(look, 0);
        for (var flips = random.Next(20); flips > 0; flips--)
            look[random.Next(33)] ^= (byte)(1 << random.Next(8));
        return look;
    }

    private static List<SplitCandidate> Pictures(bool groups, bool set, bool former, bool looks)
    {
        var random = new Random(11);
        var result = new List<SplitCandidate>();
        byte[]? look = null;
        for (var i = 0; i < Count; i++)
        {
            look = Look(i, random, look);
            var label = $"class \t{Math.Min(random.Next(9), random.Next(9))}é";
            var group = random.Next(3) == 0 ? $"group\\{random.Next(200)}" : "";
            var (fix, was) = (random.Next(30), random.Next(6));
            result.Add(
                new(
                    Hash(i),
                    label,
                    set && fix < 3 ? Splits.All[fix] : null,
                    groups ? group : "",
                    former && was < 3 ? Splits.All[was] : null,
                    looks ? look : null
                )
            );
        }
        return result;
    }

    [Theory]
    [InlineData(0, false, false, false, false, "30d169c3e76b89bf 0 0, 380fd4fe1364823a 0 0")]
    [InlineData(0, true, false, false, false, "7a7fa871dc75fa5d 0 0, c56dfc9d5ec0e56b 0 0")]
    [InlineData(0, false, true, false, false, "ae4f21b34cc5c440 0 0, d6cc57823455adb7 0 0")]
    [InlineData(0, false, false, true, false, "1082b5934559cd82 0 0, df85482ea2535096 0 0")]
    [InlineData(0, false, false, false, true, "3af57f1b6d96aa57 0 0, fb7c0fd1bad767bc 0 0")]
    [InlineData(0, true, true, true, true, "a86d33ecd7ad6668 20 8, a8356fceea526a6b 20 8")]
    [InlineData(4, false, false, false, false, "751edd74a7b043da 0 0, c4ecd96cd571b971 0 0")]
    [InlineData(4, true, true, false, false, "627d09e8c244f161 62 0, c60240477c32a855 63 0")]
    [InlineData(4, false, true, false, true, "f2afc97e88385e21 0 48, 389ffc8d5032a62a 0 57")]
    [InlineData(5, true, true, false, true, "4e5dddc22650571b 56 49, 3dc7270a7dabc2e4 59 47")]
    public void Has_the_same_manifest_and_the_same_warnings(int folds, bool groups, bool set, bool former, bool looks, string expected)
    {
        var pictures = Pictures(groups, set, former, looks);
        Assert.Equal(expected, $"{Text(pictures, 0, folds)}, {Text(pictures, -7, folds)}");
    }

    /// <summary>As those of a fixed camera.</summary>
    [Fact]
    public void Has_the_same_manifest_where_many_pictures_look_alike()
    {
        var random = new Random(5);
        var camera = new byte[33];
        random.NextBytes(camera);
        var pictures = Pictures(true, true, true, true);
        for (var i = 0; i < 1500; i++)
        {
            byte[] look = [.. camera];
            for (var flips = i % 10; flips > 0; flips--)
                look[random.Next(33)] ^= (byte)(1 << random.Next(8));
            pictures[i * 2] = pictures[i * 2] with { PerceptualHash = look };
        }
        Assert.Equal("adb3d6146397f6f6 17 4", Text(pictures, 3, folds: 0));
    }

    private static string Text(List<SplitCandidate> pictures, int seed, int folds)
    {
        var (entries, dividedGroups, near) = Splitting.Together(pictures, seed, folds);
        return $"{Manifest.HashOf(Manifest.Write(entries))[..16]} {dividedGroups} {near}";
    }
}
