namespace GpuGeek.Domain.Tenants;

/// <summary>The tenant.</summary>
public sealed class Organization
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; set; }
    /// <summary>Code of its <see cref="Billing.Plan"/>.</summary>
    public required string PlanCode { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}
