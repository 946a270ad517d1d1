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

    /// <summary>Parts of the counts of the pictures that the filter means; its name is not looked at.</summary>
    public static IQueryable<DatasetCount> CountsOf(this GpuGeekDbContext db, Guid dataset, ImageFilter filter)
    {
        var counts = db.DatasetCounts.Where(c => c.DatasetId == dataset);
        if (filter.Class is { Length: > 0 } name)
            counts = counts.Where(n => db.DatasetClasses.Any(c => c.Id == n.ClassId && c.Name == name));
        return filter.Split switch
        {
            null => counts,
            "none" => counts.Where(c => c.Split == null),
            var split => counts.Where(c => c.Split == split),
        };
    }
}
