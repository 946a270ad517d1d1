using GpuGeek.Contracts.Datasets;

namespace GpuGeek.Web.Components.Pages.Datasets;

/// <summary>What a gallery shows and how; it stands in the page's address.</summary>
/// <param name="Sort">Null: <c>added</c>.</param>
/// <param name="Size">Of the pictures: <c>small</c>, <c>large</c>; null: medium.</param>
public sealed record GalleryView(ImageFilter Filter, string? Sort = null, string? Size = null)
{
    public static readonly string[] Sorts = ["added", "-added", "name", "-name", "size", "-size"];
    public static readonly string[] Sizes = ["small", "medium", "large"];

    public string SortName => Sorts.Contains(Sort) ? Sort! : Sorts[0];
    public string SizeName => Sizes.Contains(Size) ? Size! : Sizes[1];
}
