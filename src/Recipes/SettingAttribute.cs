namespace GpuGeek.Recipes;

/// <summary>How a setting is best varied: learning rates by factors, shares by steps.</summary>
public enum SettingScale
{
    Linear,
    Log,
}

/// <summary>The English words, the unit and the range of one setting. Documents, forms, the JSON Schema and the OpenAPI text are made from
/// it.</summary>
/// <param name="title">As on a form, without a full stop.</param>
/// <param name="help">One or two sentences for a person who chooses the value.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string title, string help) : Attribute
{
    public string Title { get; } = title;
    public string Help { get; } = help;

    /// <summary>Empty: a plain number.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Least value of a number, inclusive.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Greatest value of a number, inclusive; of a text its greatest length.</summary>
    public double Max { get; init; } = double.PositiveInfinity;
    public SettingScale Scale { get; init; }

    /// <summary>The texts that the setting takes; empty: any.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>A text that is a colour, as <c>#rrggbb</c>.</summary>
    public bool IsColor { get; init; }

    /// <summary>The setting says something only under these values of the setting <see cref="DependsOn"/>; empty: under all.</summary>
    public string[] OnlyFor { get; init; } = [];

    /// <summary>Name of a choice in the same section.</summary>
    public string DependsOn { get; init; } = "kind";

    /// <summary>Name of a number or switch in the same section: the setting says something only where that one is not off. Empty:
    /// always.</summary>
    public string OnlyWith { get; init; } = "";

    /// <summary>The setting says something only where the backbone learns.</summary>
    public bool NeedsBackbone { get; init; }

    /// <summary>What null means, for a setting that may be null.</summary>
    public string Null { get; init; } = "";

    /// <summary>Says where values come from, not what they are: it does not change what is trained, so it is not part of the recipe's
    /// identity.</summary>
    public bool Provenance { get; init; }

    /// <summary>Filled in by the server; ignored in requests.</summary>
    public bool ReadOnly { get; init; }
}

/// <summary>A section of a recipe: settings that belong together.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SectionAttribute(string title, string help) : Attribute
{
    public string Title { get; } = title;
    public string Help { get; } = help;
}
