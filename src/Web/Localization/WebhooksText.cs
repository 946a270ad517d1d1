namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>WebhooksText.resx</c>.</summary>
public sealed class WebhooksText;
