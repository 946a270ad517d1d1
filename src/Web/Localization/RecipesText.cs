namespace GpuGeek.Web.Localization;

/// <summary>Names the texts in <c>RecipesText.resx</c>: recipes that an organisation keeps.</summary>
public sealed class RecipesText;
