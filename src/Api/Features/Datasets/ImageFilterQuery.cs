using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

internal static class ImageFilterQuery
{
    /// <summary>The pictures of a dataset that the filter means.</summary>
    public static IQueryable<DatasetImage> ImagesOf(this GpuGeekDbContext db, Guid dataset, ImageFilter filter)
    {
        var images = db.DatasetImages.Where(i => i.DatasetId == dataset);
        if (filter.Class is { Length: > 0 } name)
            images = images.Where(i => db.DatasetClasses.Any(c => c.Id == i.ClassId && c.Name == name));
        if (filter.Split is { } split)
            images = split == "none" ? images.Where(i => i.Split == null) : images.Where(i => i.Split == split);
        if (filter.Name is { } part)
        {
            var pattern = "%" + part.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%";
            images = images.Where(i => EF.Functions.ILike(i.FileName, pattern, "\\"));
        }
        return images;
    }
}
