using GpuGeek.Domain.Datasets;

namespace GpuGeek.Infrastructure.Datasets;

/// <summary>Labels as arrays, which PostgreSQL takes as one parameter each.</summary>
public sealed class ImageLabelColumns(IEnumerable<ImageLabel> labels)
{
    private readonly ImageLabel[] _labels = [.. labels];
    public Guid?[] Classes => [.. _labels.Select(l => l.ClassId)];
    public string?[] Splits => [.. _labels.Select(l => l.Split)];
    public string?[] Groups => [.. _labels.Select(l => l.GroupName)];
    public bool[] Archived => [.. _labels.Select(l => l.IsArchived)];
}
