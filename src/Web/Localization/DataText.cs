namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>DataText.resx</c>.</summary>
public sealed class DataText;
