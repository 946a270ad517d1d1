namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>ActivityText.resx</c>.</summary>
public sealed class ActivityText;
