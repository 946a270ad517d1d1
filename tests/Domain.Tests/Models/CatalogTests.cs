using GpuGeek.Domain.Models;

namespace GpuGeek.Domain.Tests.Models;

public sealed class TheCatalogue
{
    public static TheoryData<string> Names => [.. ModelCatalog.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Published_weights_carry_their_hash_in_their_name(string name)
    {
        var card = ModelCatalog.All[name];
        Assert.Matches("^[0-9a-f]{8}$", card.Weights.HashPrefix);
        // ShuffleNet's names have ten digits.
        Assert.Matches($"^[a-z0-9_.]+-{card.Weights.HashPrefix}[0-9a-f]{{0,2}}\\.pth$", card.Weights.FileName);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_preprocessing_ends_at_the_input_size(string name)
    {
        var card = ModelCatalog.All[name];
        Assert.Equal(card.InputSize, card.Preprocessing.CropSize);
        Assert.True(card.Preprocessing.ResizeShorter >= card.InputSize);
        Assert.True(card.PublishedResize >= card.InputSize);
    }

    [Fact]
    public void Two_architectures_never_share_a_file()
    {
        var files = ModelCatalog.All.Values.Select(card => card.Weights.Url).ToArray();
        Assert.Equal(files.Length, files.Distinct().Count());
    }
}
