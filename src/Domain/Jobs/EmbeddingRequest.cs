namespace GpuGeek.Domain.Jobs;

/// <summary>Payload of a job of the kind <c>embeddings</c>.</summary>
/// <param name="Version">A dataset version.</param>
/// <param name="Architecture">With its published weights.</param>
public sealed record EmbeddingRequest(Guid Version, string Architecture);
