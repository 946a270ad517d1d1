using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Contracts.Datasets;

public sealed record CreateEmbeddingsRequest
{
    /// <summary>Architecture of the catalogue, with its published weights.</summary>
    /// <example>mobilenet_v2</example>
    [Required, StringLength(50)]
    public required string Architecture { get; init; }
}
