namespace GpuGeek.Domain.Datasets;

/// <summary>What people say of a picture.</summary>
public sealed record ImageLabel(Guid? ClassId, string? Split, string? GroupName, bool IsArchived)
{
    public static ImageLabel Of(DatasetImage image) => new(image.ClassId, image.Split, image.GroupName, image.IsArchived);
}
