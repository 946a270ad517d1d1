namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>Words.resx</c>.</summary>
public sealed class Words;
