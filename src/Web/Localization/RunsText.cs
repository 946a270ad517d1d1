namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>RunsText.resx</c>: runs, models and deployments.</summary>
public sealed class RunsText;
