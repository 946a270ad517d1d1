namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>SharingText.resx</c>.</summary>
public sealed class SharingText;
