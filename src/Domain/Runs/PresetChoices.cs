using System.Globalization;
using GpuGeek.Domain.Models;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Runs;

/// <summary>A value that a preset took for the data at hand.</summary>
/// <param name="Setting">Path.</param>
/// <param name="Reason">Which rule: a key of <see cref="PresetChoices"/>' texts.</param>
/// <param name="Figures">What the rule looked at, in the order of its text.</param>
public sealed record PresetChoice(string Setting, object Value, string Reason, IReadOnlyList<double> Figures)
{
    public string Why => string.Format(CultureInfo.InvariantCulture, PresetChoices.Texts[Reason], [.. Figures]);
}

/// <summary>What a preset chooses by the data, and why.</summary>
internal static class PresetChoices
{
    private const string RareClasses = "rare_classes",
        FewPictures = "few_pictures",
        SmallPictures = "small_pictures";

    /// <summary>From here on, a classifier that ignores the smallest class would look good.</summary>
    private const double Imbalanced = 5;

    /// <summary>Fewer steps than this in an epoch are too few updates.</summary>
    private const int StepsOfAnEpoch = 20;

    private const int SmallestBatch = 8;

    public static IReadOnlyDictionary<string, string> Texts { get; } =
        new Dictionary<string, string>
        {
            [RareClasses] = "The largest class has {0:0.#} times the pictures of the smallest, so pictures of rare classes count more.",
            [FewPictures] = "With {0:#,0} training pictures, larger batches would make fewer than {1} steps in an epoch.",
            [SmallPictures] = "Half of the pictures have a shorter side of at most {0} pixels: a larger input would show nothing more.",
        };

    public static Recipe Apply(Recipe values, ModelCard card, DataFacts data)
    {
        var chosen = new PartialRecipe();
        foreach (var choice in Of(values, card, data))
            chosen[choice.Setting] = choice.Value;
        return RecipeDocument.Apply(values, chosen);
    }

    /// <param name="values">The preset's, where nothing is known of the data.</param>
    public static IEnumerable<PresetChoice> Of(Recipe values, ModelCard card, DataFacts data)
    {
        if (data.Imbalance >= Imbalanced)
            yield return new("loss.classWeights", LossSettings.Effective, RareClasses, [data.Imbalance]);
        if (values.Transfer.FreezesBackbone)
            yield break;
        if (InputSize(values, card, data) is { } side)
            yield return new("model.inputSize", side, SmallPictures, [data.ShortSide!.Value]);
        var batch = BatchSize(values, data);
        if (batch != values.Data.BatchSize)
            yield return new("data.batchSize", batch, FewPictures, [data.Train, StepsOfAnEpoch]);
    }

    private static int BatchSize(Recipe values, DataFacts data)
    {
        var batch = values.Data.BatchSize;
        while (batch > SmallestBatch && data.Train / batch < StepsOfAnEpoch)
            batch /= 2;
        return batch;
    }

    /// <summary>Published weights know things at the size that they were trained at; random ones know none.</summary>
    private static int? InputSize(Recipe values, ModelCard card, DataFacts data)
    {
        if (values.Transfer.Pretrained || !card.TakesOtherSizes || data.ShortSide is not { } shortSide)
            return null;
        // Twice as large: networks that halve the picture five times would have next to nothing left of it.
        var side = Math.Max(64, (2 * shortSide + 31) / 32 * 32);
        return side < card.InputSize ? side : null;
    }
}
