using GpuGeek.Contracts.Datasets;

namespace GpuGeek.Web.Components.Pages.Datasets;

/// <summary>What a gallery shows and how; it stands in the page's address.</summary>
/// <param name="Sort">Null: <c>added</c>.</param>
/// <param name="Size">Of the pictures: <c>small</c>, <c>large</c>; null: medium.</param>
/// <param name="Days">Added in so many days until now; null: at any time.</param>
public sealed record GalleryView(ImageFilter Filter, string? Sort = null, string? Size = null, int? Days = null)
{
    public static readonly int[] DayChoices = [1, 7, 30];

    public static readonly string[] Sorts = ["added", "-added", "name", "-name", "size", "-size"];
    public static readonly string[] Sizes = ["small", "medium", "large"];

    public string SortName => Sorts.Contains(Sort) ? Sort! : Sorts[0];
    public string SizeName => Sizes.Contains(Size) ? Size! : Sizes[1];
}
