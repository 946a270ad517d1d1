using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Datasets;

/// <summary>
/// Part of the number of a dataset's pictures of one class and split, archived or not. Triggers of the table of pictures add a row of
/// what each statement changed, so nobody waits for anybody; the sums are the counts, and recurring work folds the rows.
/// </summary>
public sealed class DatasetCount : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required long Id { get; init; }
    public required Guid DatasetId { get; init; }

    /// <summary>As <see cref="DatasetImage.ClassId"/>.</summary>
    public required Guid? ClassId { get; init; }
    public required bool IsArchived { get; init; }

    /// <summary>As <see cref="DatasetImage.Split"/>.</summary>
    public string? Split { get; init; }

    /// <summary>May be negative.</summary>
    public required int Images { get; init; }

    /// <summary>Of the originals; may be negative.</summary>
    public required long Bytes { get; init; }
}
