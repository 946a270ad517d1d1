using GpuGeek.Domain.Datasets;

namespace GpuGeek.Worker.Imports;

/// <summary>What an import changes of a picture that was there before.</summary>
/// <param name="Class">Null: it stays.</param>
/// <param name="IsArchived">Null: it stays.</param>
/// <param name="IsWhole">A split or group that is null: the picture has none. Otherwise it keeps what it has.</param>
internal sealed record ImageChange(Guid Image, string? Class, string? Split, string? Group, bool? IsArchived = null, bool IsWhole = false)
{
    /// <summary>The picture is put aside, as it is.</summary>
    public static ImageChange Archive(Guid image) => new(image, null, null, null, IsArchived: true);

    /// <param name="classes">Their ids by their names.</param>
    public ImageLabel Of(ImageLabel before, IReadOnlyDictionary<string, Guid> classes) =>
        new(
            Class is null ? before.ClassId : classes[Class],
            Split ?? (IsWhole ? null : before.Split),
            Group ?? (IsWhole ? null : before.GroupName),
            IsArchived ?? before.IsArchived
        );
}
