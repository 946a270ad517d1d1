namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>JobsText.resx</c>.</summary>
public sealed class JobsText;
