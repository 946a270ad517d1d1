namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>DeletionsText.resx</c>.</summary>
public sealed class DeletionsText;
