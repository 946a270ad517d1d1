using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Datasets;

/// <summary>A change of many pictures at once, with what they were before: it can be undone for a day.</summary>
public sealed class ImageEdit : ITenantOwned
{
    /// <summary>The stored pictures of removed rows are kept at least this long (<c>GPUGEEK_GRACE_DAYS</c>).</summary>
    public static readonly TimeSpan UndoableFor = TimeSpan.FromDays(1);

    /// <summary>Pictures of one edit.</summary>
    public const int MaxImages = 200_000;

    /// <summary>Pictures changed by one statement. After each, the progress of the edit is reported.</summary>
    public const int AtOnce = 5_000;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid DatasetId { get; init; }
    public required Guid UserId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Pictures were removed; otherwise they were changed.</summary>
    public required bool Removes { get; init; }

    /// <summary>What the pictures have now; null: that was not changed. An empty split or group: they have none.</summary>
    public Guid? ClassId { get; init; }
    public string? Split { get; init; }
    public string? GroupName { get; init; }

    /// <summary>The pictures have no class now.</summary>
    public bool Unlabels { get; init; }

    /// <summary>The pictures are archived now, or are not any more; null: that was not changed.</summary>
    public bool? Archives { get; init; }

    /// <summary>Pictures that were changed.</summary>
    public required int Count { get; init; }

    /// <summary>What they were (<see cref="FormerImages"/>).</summary>
    public required byte[] Before { get; init; }

    /// <summary>What they are since, in the same order, where each has become something else; null: what the other properties
    /// say.</summary>
    public byte[]? After { get; init; }
    public DateTimeOffset? UndoneAt { get; set; }

    /// <summary>What a picture is after the change, if all become the same.</summary>
    public ImageLabel Of(ImageLabel before) =>
        new(
            Unlabels ? null : ClassId ?? before.ClassId,
            Changed(Split, before.Split),
            Changed(GroupName, before.GroupName),
            Archives ?? before.IsArchived
        );

    private static string? Changed(string? to, string? from) =>
        to switch
        {
            null => from,
            "" => null,
            _ => to,
        };
}
