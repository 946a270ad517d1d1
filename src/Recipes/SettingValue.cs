using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GpuGeek.Recipes;

/// <summary>What values a setting takes.</summary>
public static class SettingValue
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Why a setting cannot have a value, as a sentence; null: it can.</summary>
    public static string? Problem(Setting setting, JsonNode value)
    {
        var kind = value.GetValueKind();
        var element = JsonSerializer.SerializeToElement(value);
        return setting.Kind switch
        {
            SettingKind.Switch => kind is JsonValueKind.True or JsonValueKind.False ? null : $"{setting.Path} is true or false.",
            SettingKind.Whole => kind == JsonValueKind.Number && element.TryGetInt32(out var whole)
                ? OutOfRange(setting, whole)
                : $"{setting.Path} is a whole number{Range(setting)}.",
            SettingKind.Number => kind == JsonValueKind.Number && element.TryGetDouble(out var number)
                ? OutOfRange(setting, number)
                : $"{setting.Path} is a number{Range(setting)}.",
            SettingKind.Id => kind == JsonValueKind.String && element.TryGetGuid(out _) ? null : $"{setting.Path} is an id.",
            SettingKind.Choice => kind == JsonValueKind.String && setting.About.Choices.Contains(element.GetString())
                ? null
                : NoChoice(setting, kind == JsonValueKind.String ? element.GetString()! : null),
            SettingKind.Color => kind == JsonValueKind.String && IsColor(element.GetString()!)
                ? null
                : $"{setting.Path} is a colour as #rrggbb, such as #7f7f7f.",
            SettingKind.Text => kind == JsonValueKind.String && element.GetString()!.Length is var length and > 0
                ? length <= setting.About.Max
                    ? null
                    : $"{setting.Path} has at most {setting.About.Max} characters."
                : $"{setting.Path} is a text.",
            _ => $"{setting.Path} cannot be set.",
        };
    }

    /// <summary>Reads a value as people type it: <c>0.01</c>, <c>true</c>, <c>resnet18</c>, or <c>null</c> where the setting may be
    /// null.</summary>
    /// <exception cref="RecipeException"/>
    public static JsonNode? Parse(Setting setting, string text)
    {
        if (setting.Nullable && text == "null")
            return null;
        JsonNode? value = setting.Kind switch
        {
            SettingKind.Whole when int.TryParse(text, CultureInfo.InvariantCulture, out var whole) => whole,
            SettingKind.Number when double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) =>
                number,
            SettingKind.Switch when bool.TryParse(text, out var on) => on,
            _ => text,
        };
        return Problem(setting, value!) is { } problem
            ? throw new RecipeException([new(setting.Path, "impossible_value", problem)])
            : value;
    }

    /// <summary>A setting's value as <see cref="Parse"/> reads it.</summary>
    public static string Text(object? value) =>
        value switch
        {
            null => "null",
            true => "true",
            false => "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };

    /// <summary>As <c> from 0 to 0.5</c>; empty where there is no range.</summary>
    public static string Range(Setting setting)
    {
        var (min, max) = (setting.About.Min, setting.About.Max);
        return (double.IsFinite(min), double.IsFinite(max)) switch
        {
            (true, true) => string.Create(CultureInfo.InvariantCulture, $" from {min} to {max}"),
            (true, false) => string.Create(CultureInfo.InvariantCulture, $" of at least {min}"),
            (false, true) => string.Create(CultureInfo.InvariantCulture, $" of at most {max}"),
            _ => "",
        };
    }

    /// <summary>Whether a text is <c>#rrggbb</c>.</summary>
    public static bool IsColor(string text) => text.Length == 7 && text[0] == '#' && text.AsSpan(1).IndexOfAnyExcept(HexDigits) < 0;

    private static string NoChoice(Setting setting, string? given)
    {
        var nearest = given is null ? null : NearestName.Of(given, setting.About.Choices);
        return $"{setting.Path} is one of {string.Join(", ", setting.About.Choices)}."
            + (nearest is null ? "" : $" Did you mean {nearest}?");
    }

    private static string? OutOfRange(Setting setting, double value) =>
        value >= setting.About.Min && value <= setting.About.Max
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{setting.Path} is a number{Range(setting)}, not {value}.");
}
