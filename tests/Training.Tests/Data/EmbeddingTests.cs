using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Data;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Data;

public sealed class EmbeddingsOnDisk : IDisposable
{
    private const string First = "00000000000000000000000000000000000000000000000000000000000000aa",
        Second = "00000000000000000000000000000000000000000000000000000000000000bb";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Are_found_again_by_picture_and_view_and_a_torn_one_is_dropped()
    {
        using (var cache = new EmbeddingCache(_folder.File("e.bin"), 2, new(_folder.Path, 0, CancellationToken.None)))
        {
            cache.Add(First, PictureView.Served, [1, 2]);
            cache.Add(First, PictureView.Mirrored, [3, 4]);
            cache.Add(Second, PictureView.Served, [5, 6]);
        }
        using (var file = File.OpenWrite(_folder.File("e.bin")))
            file.SetLength(file.Length - 3);
        using var again = new EmbeddingCache(_folder.File("e.bin"), 2, new(_folder.Path, 0, CancellationToken.None));
        Assert.Equal([1, 2], again[First, PictureView.Served]);
        Assert.Equal([3, 4], again[First, PictureView.Mirrored]);
        Assert.False(again.Has(Second, PictureView.Served));
        again.Add(Second, PictureView.Served, [5, 6]);
        Assert.Equal([5, 6], again[Second, PictureView.Served]);
    }

    [Fact]
    public void Are_of_one_view_for_what_is_measured_and_of_two_or_three_for_what_is_learnt()
    {
        var recipe = RecipePresets.Resolve(new PartialRecipe { Preset = RecipePresets.Fast });
        Assert.Equal([PictureView.Served, PictureView.Wide], PictureViews.Of(new RunImage(First, 0, "train"), recipe));
        var flipped = RecipePresets.Resolve(new PartialRecipe { Preset = RecipePresets.Fast, ["augmentation.horizontalFlip"] = true });
        Assert.Equal(
            [PictureView.Served, PictureView.Mirrored, PictureView.Wide],
            PictureViews.Of(new RunImage(First, 0, "train"), flipped)
        );
        foreach (var split in new[] { "val", "test" })
            Assert.Equal([PictureView.Served], PictureViews.Of(new RunImage(First, 0, split), recipe));
        var plain = recipe with { Augmentation = AugmentationSettings.None };
        Assert.Equal([PictureView.Served], PictureViews.Of(new RunImage(First, 0, "train"), plain));
    }

    [Fact]
    public void Have_no_wider_view_where_the_resize_rule_shows_the_whole_picture()
    {
        foreach (var rule in new[] { PreprocessingSettings.Squash, PreprocessingSettings.Pad })
        {
            var recipe = RecipePresets.Resolve(new PartialRecipe { Preset = RecipePresets.Fast, ["preprocessing.resize"] = rule });
            Assert.Equal([PictureView.Served], PictureViews.Of(new RunImage(First, 0, "train"), recipe));
        }
    }
}
