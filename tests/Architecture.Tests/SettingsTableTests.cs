using System.Globalization;
using System.Text;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Architecture.Tests;

/// <summary>The table in <c>docs/recipes.md</c> is made of the settings. <c>GPUGEEK_UPDATE_DOCS=1</c> writes it anew.</summary>
public sealed class TheTableOfSettings
{
    private const string Begin = "<!-- settings -->\n",
        End = "<!-- end of settings -->";

    private static readonly string Document = Path.Combine(Repository.Root, "docs", "recipes.md");

    [Fact]
    public void In_the_documentation_is_that_of_the_code()
    {
        var text = File.ReadAllText(Document);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("GPUGEEK_UPDATE_DOCS") == "1")
            File.WriteAllText(Document, text[..from] + Table() + text[to..]);
        else
            Assert.Equal(Table(), text[from..to]);
    }

    private static string Table()
    {
        Recipe[] presets =
        [
            .. RecipePresets.Names.Select(name => RecipePresets.Resolve(new() { Preset = name })),
            RecipePresets.Resolve(new() { Preset = RecipePresets.Balanced, ["transfer.pretrained"] = false }),
        ];
        var table = new StringBuilder("| Setting | What it does | Values | `fast` | `balanced` | `balanced` from random numbers |\n");
        table.Append("|---|---|---|---|---|---|\n");
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
