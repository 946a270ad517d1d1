using System.Globalization;
using System.Text;
using System.Text.Json;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Architecture.Tests;

/// <summary>The tables in <c>docs/recipes.md</c> and <c>docs/augmentation.md</c> are made of the settings. <c>GPUGEEK_UPDATE_DOCS=1</c>
/// writes them anew.</summary>
public sealed class TheTablesOfSettings
{
    [Fact]
    public void In_the_documentation_of_recipes_is_that_of_the_code() => AssertSame("recipes.md", "settings", Table());

    [Fact]
    public void In_the_documentation_of_augmentation_is_that_of_the_code() => AssertSame("augmentation.md", "presets", AugmentationTable());

    private static void AssertSame(string document, string name, string table)
    {
        var path = Path.Combine(Repository.Root, "docs", document);
        var text = File.ReadAllText(path);
        string begin = $"<!-- {name} -->\n",
            end = $"<!-- end of {name} -->";
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal) + begin.Length, text.IndexOf(end, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("GPUGEEK_UPDATE_DOCS") == "1")
            File.WriteAllText(path, text[..from] + table + text[to..]);
        else
            Assert.Equal(table, text[from..to]);
    }

    /// <summary>Settings that some preset switches on.</summary>
    private static string AugmentationTable()
    {
        AugmentationSettings[] presets = [.. AugmentationPresets.Names.Select(name => AugmentationPresets.Find(name)!)];
        var table = new StringBuilder("| Setting |");
        table.AppendJoin("", AugmentationPresets.Names.Select(name => $" `{name}` |")).Append('\n');
        table.Append("|---|").AppendJoin("", presets.Select(_ => "---|")).Append('\n');
        foreach (var property in RecipeSchema.Settings.Where(IsOfAugmentation).Select(s => s.Properties[^1]))
        {
            object?[] values = [.. presets.Select(preset => property.GetValue(preset))];
            if (values.Distinct().Count() > 1)
                table
                    .Append("| `")
                    .Append(JsonNamingPolicy.CamelCase.ConvertName(property.Name))
                    .Append("` |")
                    .AppendJoin("", values.Select(value => $" {Text(value)} |"))
                    .Append('\n');
        }
        return table.ToString();
    }

    private static bool IsOfAugmentation(Setting setting) =>
        setting.Path.StartsWith("augmentation.", StringComparison.Ordinal) && setting.Path != AugmentationPresets.Path;

    private static string Table()
    {
        Recipe[] presets =
        [
            .. RecipePresets.Names.Select(name => RecipePresets.Resolve(new() { Preset = name })),
            RecipePresets.Resolve(new() { Preset = RecipePresets.Balanced, ["transfer.pretrained"] = false }),
        ];
        var table = new StringBuilder(
            "| Setting | What it does | Values | `fast` | `balanced` | `best` | `balanced` from random numbers |\n"
        );
        table.Append("|---|---|---|---|---|---|---|\n");
        foreach (var setting in RecipeSchema.Settings)
            table
                .Append("| `")
                .Append(setting.Path)
                .Append("` | ")
                .Append(setting.About.Help)
                .Append(" | ")
                .Append(Values(setting))
                .Append(string.Concat(presets.Select(preset => " | " + Text(setting.Of(preset)))))
                .Append(" |\n");
        return table.ToString();
    }

    private static string Values(Setting setting)
    {
        var kind = setting.Kind switch
        {
            SettingKind.Number => "number" + SettingValue.Range(setting),
            SettingKind.Whole => "whole number" + SettingValue.Range(setting),
            SettingKind.Switch => "true or false",
            SettingKind.Id => "id",
            SettingKind.Choice => string.Join(", ", setting.About.Choices),
            SettingKind.List => "list of texts",
            _ => "text",
        };
        var unit = setting.About.Unit.Length > 0 ? $" {setting.About.Unit}" : "";
        var none = setting.About.Null.Length > 0 ? $"; null: {setting.About.Null}" : "";
        return kind + unit + none + (setting.About.ReadOnly ? "; filled in by the server" : "");
    }

    private static string Text(object? value) =>
        value switch
        {
            null => "",
            bool on => on ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}
