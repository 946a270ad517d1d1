using GpuGeek.Domain.Models;
using GpuGeek.Recipes;

namespace GpuGeek.Training.Data;

/// <summary>Progressive resizing: the size of training pictures is a function of the epoch.</summary>
internal static class GrowingPictures
{
    // Networks halve a picture five times: other sizes would leave rows out at its edges.
    private const int Step = 32;

    /// <param name="epoch">From 0.</param>
    /// <param name="whole">Of the input size, which the last quarter of the epochs has.</param>
    public static Preprocessing In(int epoch, Recipe recipe, Preprocessing whole)
    {
        var rising = recipe.Budget.Epochs * 3 / 4;
        if (recipe.Data.StartSize is not { } start || epoch >= rising)
            return whole;
        var exact = start + (whole.CropSize - start) * (double)epoch / rising;
        var side = Math.Clamp((int)Math.Round(exact / Step) * Step, start, whole.CropSize);
        return whole with { CropSize = side, ResizeShorter = (int)Math.Round(whole.ResizeShorter * (double)side / whole.CropSize) };
    }
}
