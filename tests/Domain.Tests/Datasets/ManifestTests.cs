using System.Text;
using CsCheck;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

public sealed class WritingAManifest
{
    private static readonly Gen<ManifestEntry> Entries = Gen.Select(
        Gen.Char["0123456789abcdef"].Array[64],
        Gen.String,
        Gen.Int[0, 2].Select(i => Splits.All[i]),
        Gen.String,
        (hash, label, split, group) => new ManifestEntry(new string(hash), label, split, group)
    );

    [Fact]
    public void What_was_written_is_read_back_whatever_the_names() =>
        Entries
            .Where(e => Clean(e.Label) && Clean(e.Group))
            .Array[0, 20]
            .Sample(entries =>
            {
                var distinct = entries.DistinctBy(e => e.Hash).ToArray();
                Assert.Equal(distinct.OrderBy(e => e.Hash, StringComparer.Ordinal), Manifest.Read(Manifest.Write(distinct)));
            });

    [Fact]
    public void Its_bytes_are_the_documented_ones()
    {
        var hash = new string('a', 64);
        Assert.Equal($"{hash}\tsea\\tgull\ttrain\t\n", Encoding.UTF8.GetString(Manifest.Write([new(hash, "sea\tgull", Splits.Train)])));
    }

    [Theory]
    [InlineData("short\tlabel\ttrain\t\n")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\tlabel\tsomewhere\t\n")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\tlabel\n")]
    public void A_damaged_line_is_named(string text)
    {
        var refused = Assert.Throws<DomainException>(() => Manifest.Read(Encoding.UTF8.GetBytes(text)));
        Assert.Equal("manifest_damaged", refused.Code);
        Assert.Contains("Line 1", refused.Message, StringComparison.Ordinal);
    }

    // Lone surrogates are not text: UTF-8 cannot hold them.
    private static bool Clean(string text) => !text.Any(char.IsSurrogate);
}
