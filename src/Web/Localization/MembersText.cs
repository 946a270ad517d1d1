namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>MembersText.resx</c>.</summary>
public sealed class MembersText;
