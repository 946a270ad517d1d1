namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>AccountText.resx</c>.</summary>
public sealed class AccountText;
