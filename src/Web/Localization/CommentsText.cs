namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>CommentsText.resx</c>.</summary>
public sealed class CommentsText;
