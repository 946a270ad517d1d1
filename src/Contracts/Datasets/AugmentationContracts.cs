using System.ComponentModel.DataAnnotations;
using GpuGeek.Recipes;

namespace GpuGeek.Contracts.Datasets;

public sealed record PreviewAugmentationRequest
{
    /// <summary>A preset and what differs from it, as for a run. Its augmentation, input size and seed count.</summary>
    /// <example>{"preset": "balanced", "augmentation": {"preset": "strong"}}</example>
    [Required]
    public required PartialRecipe Recipe { get; init; }
}

/// <param name="Pictures">Up to four, of as many classes as possible; the same ones each time, as long as the dataset does not
/// change.</param>
public sealed record AugmentationPreviewResponse(IReadOnlyList<AugmentedPictureResponse> Pictures);

/// <param name="Image">Id of the picture.</param>
/// <param name="Class">Its class.</param>
/// <param name="Versions">Four JPEG files of at most 160 pixels a side: the picture as four epochs of a training would see it.</param>
public sealed record AugmentedPictureResponse(Guid Image, string Class, IReadOnlyList<byte[]> Versions);
