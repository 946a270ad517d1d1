namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>DatasetsText.resx</c>.</summary>
public sealed class DatasetsText;
