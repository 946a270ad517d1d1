namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>SettingText.zh-Hans.resx</c>. The English words of a setting stand at the setting itself.</summary>
public sealed class SettingText;
