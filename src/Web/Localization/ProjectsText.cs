namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>ProjectsText.resx</c>.</summary>
public sealed class ProjectsText;
