using System.Globalization;
using GpuGeek.Recipes;
using Microsoft.Extensions.Localization;

namespace GpuGeek.Web.Localization;

/// <summary>The words of settings in the reader's language: another language's from its resources, by the setting's path; English from the
/// setting.</summary>
public sealed class RecipeWords(IStringLocalizer<SettingText> words, IStringLocalizer<Words> common)
{
    public string Title(Section section) => Find(section.Path, section.About.Title);

    public string Title(Setting setting) => Find(setting.Path, setting.About.Title);

    public string Help(Setting setting) => Find(setting.Path + ".Help", setting.About.Help);

    /// <summary>What an empty value means.</summary>
    public string Null(Setting setting) => Find(setting.Path + ".Null", setting.About.Null);

    /// <summary>As <c>Pictures per step. 2 to 1024 pictures.</c></summary>
    public string HelpWithRange(Setting setting)
    {
        var (min, max) = (setting.About.Min, setting.About.Max);
        if (setting.Kind is not (SettingKind.Number or SettingKind.Whole) || !double.IsFinite(min) || max is int.MaxValue)
            return Help(setting);
        return $"{Help(setting)} {common["RangeOf", Number(min), Number(max), Unit(setting)]}";
    }

    /// <summary>A value as people read it, with its unit.</summary>
    public string Value(object value, Setting setting) =>
        value switch
        {
            bool on => common[on ? "Yes" : "No"],
            double number => Number(number) + Unit(setting),
            int whole => whole.ToString(CultureInfo.CurrentCulture) + Unit(setting),
            _ => value.ToString()!,
        };

    private static string Number(double value) => value.ToString("0.########", CultureInfo.CurrentCulture);

    private string Unit(Setting setting) =>
        setting.About.Unit.Length == 0 ? "" : Find("unit." + setting.About.Unit, " " + setting.About.Unit);

    private string Find(string key, string english) => words[key] is { ResourceNotFound: false } found ? found.Value : english;
}
