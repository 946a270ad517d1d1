namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>TenantsText.resx</c>.</summary>
public sealed class TenantsText;
