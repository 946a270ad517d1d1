using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace GpuGeek.Recipes;

public enum SettingKind
{
    Number,
    Whole,
    Switch,
    Text,
    Choice,
    Color,
    Id,
    List,
}

/// <summary>One setting: where it stands in the document and what may stand there.</summary>
/// <param name="Path">As <c>optimizer.learningRate</c>.</param>
/// <param name="Neutral">The value under which the engine does what it did before the setting existed; see <see
/// cref="HasNeutral"/>.</param>
/// <param name="HasNeutral">False for settings that every recipe has named since the first schema.</param>
public sealed record Setting(
    string Path,
    SettingKind Kind,
    bool Nullable,
    SettingAttribute About,
    bool HasNeutral,
    object? Neutral,
    IReadOnlyList<PropertyInfo> Properties
)
{
    /// <summary>Whether the setting says something beside the others. Forms and pages leave it out if not.</summary>
    /// <param name="valueOf">A setting's value by its path; null: its neutral one.</param>
    public bool Applies(Func<string, object?> valueOf)
    {
        if (RecipeSchema.IsOfSteps(this) && valueOf("transfer.head") is TransferSettings.Solved)
            return false;
        if ((About.NeedsBackbone || RecipeSchema.IsOfEachEpoch(this)) && valueOf("transfer.backboneRate") is 0.0)
            return false;
        if (About.OnlyWith.Length > 0)
        {
            var other = Beside(About.OnlyWith);
            return !Equals(valueOf(other.Path) ?? other.Neutral, other.Neutral);
        }
        if (About.OnlyFor.Length == 0)
            return true;
        var choice = Beside(About.DependsOn);
        return About.OnlyFor.Contains(valueOf(choice.Path) ?? choice.Neutral);
    }

    private Setting Beside(string name) => RecipeSchema.Get(Path[..(Path.LastIndexOf('.') + 1)] + name);

    /// <summary>Null also where the setting's section is null.</summary>
    public object? Of(Recipe recipe) => Properties.Aggregate<PropertyInfo, object?>(recipe, (at, p) => at is null ? null : p.GetValue(at));
}

/// <param name="Path">As <c>optimizer</c> or <c>transfer.start</c>.</param>
/// <param name="Settings">In the order of the document, without those of sections inside.</param>
public sealed record Section(string Path, bool Nullable, SectionAttribute About, IReadOnlyList<Setting> Settings);

/// <summary>The document's shape, read from its records once.</summary>
public static class RecipeSchema
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static IReadOnlyList<Section> Sections { get; } = [.. SectionsOf(typeof(Recipe), "", [])];

    public static Setting Preset { get; } = SettingOf(typeof(Recipe).GetProperty(nameof(Recipe.Preset))!, "", []);

    /// <summary>In the order of the document; the preset is not among them.</summary>
    public static IReadOnlyList<Setting> Settings { get; } = [.. Sections.SelectMany(section => section.Settings)];

    private static readonly Dictionary<string, Setting> ByPath = Settings.ToDictionary(setting => setting.Path, StringComparer.Ordinal);

    /// <returns>Null: no setting has this path.</returns>
    public static Setting? Find(string path) => ByPath.GetValueOrDefault(path);

    /// <exception cref="ArgumentException">No setting has this path.</exception>
    public static Setting Get(string path) => Find(path) ?? throw new ArgumentException($"No setting is named '{path}'.", nameof(path));

    /// <summary>Changes pictures anew in each epoch. Crops and flips also say which views of a picture a frozen backbone sees.</summary>
    public static bool IsOfEachEpoch(Setting setting) =>
        setting.Path.StartsWith("augmentation.", StringComparison.Ordinal)
        && setting.Path is not (AugmentationPresets.Path or "augmentation.cropScaleMin" or "augmentation.horizontalFlip");

    /// <summary>Says how steps are taken, of which a solved classifier takes none.</summary>
    public static bool IsOfSteps(Setting setting) =>
        setting.Path is "data.batchSize" or "data.fitBatch" or "data.microBatch" or "data.sampler" or "data.repeats"
        || setting.Path.Split('.')[0] is "optimizer" or "schedule" or "averaging" or "stopping" or "budget";

    private static IEnumerable<Section> SectionsOf(Type type, string at, PropertyInfo[] chain)
    {
        foreach (var property in type.GetProperties())
        {
            if (property.GetCustomAttribute<SectionAttribute>() is not { } about)
                continue;
            var path = at + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            PropertyInfo[] inner = [.. chain, property];
            var settings = property
                .PropertyType.GetProperties()
                .Where(p => p.IsDefined(typeof(SettingAttribute)))
                .Select(p => SettingOf(p, path + ".", inner));
            yield return new(path, IsNullable(property), about, [.. settings]);
            foreach (var section in SectionsOf(property.PropertyType, path + ".", inner))
                yield return section;
        }
    }

    private static Setting SettingOf(PropertyInfo property, string at, PropertyInfo[] chain)
    {
        var required = property.IsDefined(typeof(RequiredMemberAttribute));
        var about = property.GetCustomAttribute<SettingAttribute>()!;
        return new(
            at + JsonNamingPolicy.CamelCase.ConvertName(property.Name),
            about.Choices.Length > 0 ? SettingKind.Choice
                : about.IsColor ? SettingKind.Color
                : KindOf(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType),
            IsNullable(property),
            about,
            !required,
            required ? null : property.GetValue(Activator.CreateInstance(property.DeclaringType!)),
            [.. chain, property]
        );
    }

    private static bool IsNullable(PropertyInfo property) => Nullability.Create(property).ReadState == NullabilityState.Nullable;

    private static SettingKind KindOf(Type type) =>
        type switch
        {
            _ when type == typeof(double) => SettingKind.Number,
            _ when type == typeof(int) => SettingKind.Whole,
            _ when type == typeof(bool) => SettingKind.Switch,
            _ when type == typeof(string) => SettingKind.Text,
            _ when type == typeof(Guid) => SettingKind.Id,
            _ when type == typeof(string[]) => SettingKind.List,
            _ => throw new NotSupportedException($"A setting cannot be a {type.Name}."),
        };
}
