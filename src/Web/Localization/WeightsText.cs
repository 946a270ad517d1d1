namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>WeightsText.resx</c>: uploaded weights and how they fit.</summary>
public sealed class WeightsText;
