using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Models;

/// <summary>A name that means one version of a model, such as <c>production</c>. Deployments that follow it switch when it moves.</summary>
public sealed class ModelAlias : ITenantOwned
{
    public const int MaxPerModel = 20;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ModelId { get; init; }

    /// <summary>A slug, unique in the model.</summary>
    public required string Name { get; init; }
    public required Guid ModelVersionId { get; set; }

    /// <summary>Who set it last; null: somebody who is gone, or a key's.</summary>
    public Guid? SetBy { get; set; }
    public required DateTimeOffset SetAt { get; set; }
}
