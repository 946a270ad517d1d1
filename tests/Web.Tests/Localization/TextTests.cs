using System.Text.RegularExpressions;
using System.Xml.Linq;
using GpuGeek.Recipes;

namespace GpuGeek.Web.Tests.Localization;

/// <summary>Reads the sources: otherwise only the person who sees a missing text would notice it.</summary>
public sealed partial class EveryText
{
    /// <summary>The API itself responds in English; only other languages have translations of its problems.</summary>
    private const string ProblemPrefix = "Problem.";

    private static readonly string Web = Path.Combine(Root(), "src", "Web");

    public static TheoryData<string> Files =>
        [
            .. Directory
                .GetFiles(Path.Combine(Web, "Localization"), "*.resx")
                .Select(f => Path.GetFileName(f)!)
                .Where(f => !f.Contains(".zh-Hans.", StringComparison.Ordinal))
                .Select(f => f[..^5]),
        ];

    [GeneratedRegex("""\b([A-Z])\["([^"]+)"[\],)]""")]
    private static partial Regex Use { get; }

    [GeneratedRegex("""@inject IStringLocalizer<(\w+)> (\w+)""")]
    private static partial Regex Injection { get; }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "GpuGeek.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    private static Dictionary<string, string> Read(string name) =>
        XDocument
            .Load(Path.Combine(Web, "Localization", name))
            .Root!.Elements("data")
            .ToDictionary(d => (string)d.Attribute("name")!, d => (string)d.Element("value")!);

    [Theory]
    [MemberData(nameof(Files))]
    public void Is_there_in_both_languages(string name)
    {
        var english = Read(name + ".resx");
        var chinese = Read(name + ".zh-Hans.resx");
        Assert.Empty(english.Keys.Except(chinese.Keys));
        Assert.Empty(chinese.Keys.Where(k => !k.StartsWith(ProblemPrefix, StringComparison.Ordinal)).Except(english.Keys));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Has_the_same_holes_in_both_languages(string name)
    {
        var chinese = Read(name + ".zh-Hans.resx");
        static string[] Holes(string text) =>
            [.. Regex.Matches(text, @"\{\d\}").Select(m => m.Value).Distinct().Order(StringComparer.Ordinal)];
        Assert.All(Read(name + ".resx"), text => Assert.Equal(Holes(text.Value), Holes(chinese[text.Key])));
    }

    /// <summary>The English words of a setting stand at the setting.</summary>
    [Fact]
    public void Of_every_setting_of_a_recipe_is_there_in_Chinese()
    {
        var chinese = Read("SettingText.zh-Hans.resx").Keys.ToHashSet();
        var units = RecipeSchema.Settings.Where(s => s.About.Unit.Length > 0).Select(s => "unit." + s.About.Unit);
        var wanted = RecipeSchema
            .Sections.Select(s => s.Path)
            .Concat(RecipeSchema.Settings.SelectMany(s => (string[])[s.Path, s.Path + ".Help"]))
            .Concat(RecipeSchema.Settings.Where(s => s.About.Null.Length > 0).Select(s => s.Path + ".Null"))
            .Concat(units.Distinct());
        Assert.Equal(wanted.Order(StringComparer.Ordinal), chinese.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void That_a_page_asks_for_exists()
    {
        var texts = Files.Select(f => f.Data).ToDictionary(f => f, f => Read(f + ".resx").Keys.ToHashSet());
        var missing =
            from file in Directory.EnumerateFiles(Path.Combine(Web, "Components"), "*.razor", SearchOption.AllDirectories)
            let source = File.ReadAllText(file)
            let injected = Injection.Matches(source).ToDictionary(m => m.Groups[2].Value, m => m.Groups[1].Value)
            from use in Use.Matches(source)
            let owner = injected.GetValueOrDefault(use.Groups[1].Value)
                ?? (
                    use.Groups[1].Value switch
                    {
                        "W" => "Words",
                        "T" when file.Contains("/Account/", StringComparison.Ordinal) => "AccountsText",
                        _ => null,
                    }
                )
            // A name that is put together, such as "State." + state, ends with a dot.
            where owner is not null && !use.Groups[2].Value.EndsWith('.') && !texts[owner].Contains(use.Groups[2].Value)
            select $"{Path.GetFileName(file)}: {owner} has no {use.Groups[2].Value}";
        Assert.Empty(missing);
    }

    [GeneratedRegex("`([a-z][a-z0-9_]*)`")]
    private static partial Regex Code { get; }

    /// <summary>Title and hint; the detail too, but where the API's own names a number or a class that a general sentence would
    /// hide.</summary>
    [Fact]
    public void Of_every_documented_problem_is_there_in_Chinese()
    {
        var documented = File.ReadAllText(Path.Combine(Root(), "docs", "api.md"));
        documented = documented[documented.IndexOf("## Errors", StringComparison.Ordinal)..];
        documented = documented[..documented.IndexOf("\n## ", 1, StringComparison.Ordinal)];
        // Beside a code a cell may explain it in a sentence, which names fields: only the table's second column has codes.
        var codes = documented
            .Split('\n')
            .Where(row => row.StartsWith("| ", StringComparison.Ordinal))
            .SelectMany(row => Code.Matches(row.Split('|')[2]))
            .Select(m => m.Groups[1].Value)
            .ToHashSet();
        Assert.True(codes.Count > 90, $"Only {codes.Count} codes were read.");
        var chinese = Read("Words.zh-Hans.resx");
        Assert.DoesNotContain(
            codes.SelectMany(code => (string[])[$"Problem.{code}.Title", $"Problem.{code}.Hint"]),
            key => !chinese.TryGetValue(key, out var text) || !text.Any(c => c is >= '\u4e00' and <= '\u9fff')
        );
    }
}
