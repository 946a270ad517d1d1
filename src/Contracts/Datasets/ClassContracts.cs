using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Datasets;

public sealed record RenameClassRequest
{
    /// <summary>Name of a class of the dataset.</summary>
    /// <example>daisy</example>
    [Required, StringLength(200, MinimumLength = 1)]
    public required string From { get; init; }

    /// <summary>The new name, or the name of the class that takes the pictures.</summary>
    /// <example>oxeye daisy</example>
    [Required, StringLength(200, MinimumLength = 1)]
    public required string To { get; init; }

    /// <summary>Whether a class that has the new name takes the pictures. Without it, such a name is refused.</summary>
    public bool Merge { get; init; }
}
