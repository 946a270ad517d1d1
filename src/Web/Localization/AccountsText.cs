namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>AccountsText.resx</c>.</summary>
public sealed class AccountsText;
