namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>TeamworkText.resx</c>.</summary>
public sealed class TeamworkText;
