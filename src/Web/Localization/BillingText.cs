namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>BillingText.resx</c>.</summary>
public sealed class BillingText;
