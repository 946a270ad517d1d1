using GpuGeek.Domain.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Runs;

/// <summary>The presets' values, and what of a recipe depends on the catalogue.</summary>
public static class RecipePresets
{
    /// <summary>The classifier alone, in seconds.</summary>
    public const string Fast = "fast";

    /// <summary>All layers, in minutes.</summary>
    public const string Balanced = "balanced";

    /// <summary>All layers, for the last points of accuracy: several times as long as <see cref="Balanced"/>.</summary>
    public const string Best = "best";

    public const string DefaultArchitecture = "mobilenet_v2";

    public static IReadOnlyList<string> Names { get; } = [Fast, Balanced, Best];

    /// <summary>Fills every setting from the preset, or from a recipe that the organisation keeps under the preset's name.</summary>
    /// <param name="own">That recipe; null: the preset is one of <see cref="Names"/>.</param>
    /// <param name="data">What the preset chooses by (<see cref="PresetChoices"/>); null: it is not known, and nothing is chosen.</param>
    /// <exception cref="RecipeException">A setting that does not exist, or a value that no setting can have.</exception>
    /// <exception cref="DomainException"><c>unknown_architecture</c>, <c>fast_needs_pretrained</c>, <c>invalid_input_size</c>,
    /// <c>stochastic_depth_unsupported</c>, <c>invalid_milestones</c>, <c>augmentation_unsupported</c>, <c>backbone_frozen</c>
    /// or <c>head_not_solvable</c>.</exception>
    public static Recipe Resolve(PartialRecipe partial, Recipe? own = null, DataFacts? data = null)
    {
        var card = Card(partial["model.architecture"] as string ?? own?.Model.Architecture ?? DefaultArchitecture);
        var basis = own ?? Basis(partial.Preset, card, partial["transfer.pretrained"] is not false, data);
        var recipe = WithFittingHead(RecipeDocument.Apply(basis, partial), partial);
        Check(recipe, card);
        if (!recipe.Transfer.FreezesBackbone)
            return recipe;
        RefuseIdleSettings(recipe, partial);
        return WithoutImpossibleChanges(WithoutIdleSettings(recipe), partial);
    }

    /// <summary>The request without the weights to start from, which belong to a project. Of weights that fill the first layer groups
    /// alone, the normalisation of the others has no statistics to keep.</summary>
    public static PartialRecipe WithoutStart(PartialRecipe partial)
    {
        var without = partial.With("transfer.start", null);
        return partial["transfer.start.groups"] is null || partial["transfer.frozenNorms"] is not null
            ? without
            : without.With("transfer.frozenNorms", false);
    }

    private static ModelCard Card(string name) =>
        ModelCatalog.All.TryGetValue(name, out var card)
            ? card
            : throw new DomainException("unknown_architecture", $"There is no architecture named '{name}'.", Hint(name));

    private static string Hint(string name) =>
        NearestName.Of(name, ModelCatalog.All.Keys) is { } nearest
            ? $"Did you mean {nearest}? GET /api/v1/architectures lists all."
            : $"Choose one of: {string.Join(", ", ModelCatalog.All.Keys.Order(StringComparer.Ordinal))}.";

    private static Recipe Basis(string? preset, ModelCard card, bool pretrained, DataFacts? data)
    {
        if (PresetValues.Of(preset, card, pretrained) is not { } values)
            throw new RecipeException([
                new(
                    "preset",
                    "unknown_preset",
                    $"The preset must be {string.Join(" or ", Names.Select(name => $"'{name}'"))}, or the name of one of the "
                        + "organisation's own recipes."
                ),
            ]);
        return data is null ? values : PresetChoices.Apply(values, card, data);
    }

    /// <summary>Why the preset chose what it did for this data: the choices that the recipe still has.</summary>
    /// <param name="recipe">Resolved.</param>
    public static IReadOnlyList<PresetChoice> Explain(Recipe recipe, DataFacts data)
    {
        var card = ModelCatalog.All[recipe.Model.Architecture];
        if (PresetValues.Of(recipe.Preset, card, recipe.Transfer.Pretrained) is not { } values)
            return [];
        return [.. PresetChoices.Of(values, card, data).Where(c => Equals(c.Value, RecipeSchema.Get(c.Setting).Of(recipe)))];
    }

    private static void Check(Recipe recipe, ModelCard card)
    {
        card.DemandInputSize(recipe.Model.InputSize);
        if (recipe.Data.StartSize is { } startSize)
            card.DemandStartSize(startSize, recipe.Model.InputSize);
        if (recipe.Schedule.Milestones is { } milestones && ScheduleSettings.ReadMilestones(milestones) is null)
            throw new DomainException(
                "invalid_milestones",
                $"schedule.milestones is '{milestones}', which is no list of rising epochs.",
                "Write whole numbers from 1 on, separated by commas, such as 30,60,80."
            );
        card.DemandStochasticDepth(recipe.Regularization.StochasticDepth);
        CheckHead(recipe.Transfer, WhyNotSolvable(recipe));
        if (!recipe.Transfer.FreezesBackbone)
            return;
        if (!recipe.Transfer.Pretrained)
            throw new DomainException(
                "fast_needs_pretrained",
                "The recipe keeps the backbone as it is (the preset 'fast', or a backbone rate of 0), so it needs pretrained weights.",
                "Use 'balanced' to train from random weights."
            );
        if (recipe.Regularization.StochasticDepth is not null)
            throw new DomainException(
                "stochastic_depth_unsupported",
                "The recipe keeps the backbone as it is (the preset 'fast', or a backbone rate of 0), so skipping its branches would "
                    + "teach it nothing.",
                "Leave regularization.stochasticDepth away, or choose 'balanced'."
            );
    }

    /// <summary>A preset solves its classifier unless the request asks for what only a trained one has.</summary>
    private static Recipe WithFittingHead(Recipe recipe, PartialRecipe partial)
    {
        var transfer = recipe.Transfer;
        if (
            transfer.Head == TransferSettings.Solved
            && partial["transfer.head"] is null
            && (
                WhyNotSolvable(recipe) is not null
                || RecipeSchema.Settings.Any(s => RecipeSchema.IsOfSteps(s) && partial[s.Path] is not null)
            )
        )
            transfer = transfer with { Head = TransferSettings.Trained };
        if (transfer.Refit && !transfer.SolvesHead && partial["transfer.refit"] is null)
            transfer = transfer with { Refit = false };
        return recipe with { Transfer = transfer };
    }

    private static string? WhyNotSolvable(Recipe recipe) =>
        !recipe.Transfer.FreezesBackbone ? "transfer.backboneRate is not 0, so the backbone learns"
        : recipe.Loss.Kind != LossSettings.CrossEntropy ? $"loss.kind is {recipe.Loss.Kind}"
        : recipe.Regularization.Dropout is not null ? "regularization.dropout is set"
        : null;

    private static void CheckHead(TransferSettings transfer, string? whyNotSolvable)
    {
        if (transfer.Head == TransferSettings.Solved && whyNotSolvable is not null)
            throw new DomainException(
                "head_not_solvable",
                $"transfer.head is solved, which solves the cross-entropy of a frozen backbone's outputs, but {whyNotSolvable}.",
                "Leave one of the two away."
            );
        if (transfer is { Refit: true, SolvesHead: false })
            throw new DomainException(
                "head_not_solvable",
                "transfer.refit solves the classifier again, but this recipe's classifier is trained.",
                "Leave transfer.refit away, or name no setting of the optimiser, the schedule or the budget."
            );
    }

    private static void RefuseIdleSettings(Recipe recipe, PartialRecipe partial)
    {
        foreach (var setting in RecipeSchema.Settings.Where(s => s.About.NeedsBackbone))
            if (partial[setting.Path] is not null && !Equals(setting.Of(recipe), setting.Neutral))
                throw new DomainException(
                    "backbone_frozen",
                    $"The recipe keeps the backbone as it is (the preset 'fast', or a backbone rate of 0), so {setting.Path} would change "
                        + "nothing.",
                    $"Leave {setting.Path} away, or choose 'balanced'."
                );
    }

    /// <summary>What the preset says of a backbone that learns.</summary>
    private static Recipe WithoutIdleSettings(Recipe recipe)
    {
        var neutral = new PartialRecipe();
        foreach (var setting in RecipeSchema.Settings.Where(s => s.About.NeedsBackbone && !Equals(s.Of(recipe), s.Neutral)))
            neutral[setting.Path] = setting.Neutral;
        return RecipeDocument.Apply(recipe, neutral);
    }

    /// <summary>Embeddings are computed once, so pictures cannot be changed anew in each epoch: the preset's changes are switched off, and
    /// those that the request asks for are refused.</summary>
    private static Recipe WithoutImpossibleChanges(Recipe recipe, PartialRecipe partial)
    {
        var impossible = RecipeSchema.Settings.Where(s => RecipeSchema.IsOfEachEpoch(s) && !IsOff(s, recipe)).ToList();
        foreach (var setting in impossible)
            if (new[] { setting.Path, AugmentationPresets.Path }.FirstOrDefault(path => partial[path] is not null) is { } path)
                throw new DomainException(
                    "augmentation_unsupported",
                    $"The recipe keeps the backbone as it is (the preset 'fast', or a backbone rate of 0) and computes its outputs once, "
                        + $"so {path} would change nothing.",
                    $"Leave {path} away, or choose 'balanced'."
                );
        return impossible.Count == 0 ? recipe : recipe with { Augmentation = ViewsAlone(recipe.Augmentation) };
    }

    /// <summary>Crops and flips say which views are embedded.</summary>
    private static AugmentationSettings ViewsAlone(AugmentationSettings all) =>
        AugmentationSettings.None with
        {
            CropScaleMin = all.CropScaleMin,
            HorizontalFlip = all.HorizontalFlip,
        };

    private static bool IsOff(Setting setting, Recipe recipe) =>
        Equals(setting.Of(recipe), setting.Of(recipe with { Augmentation = AugmentationSettings.None }));
}
