using GpuGeek.Domain.Deletions;

namespace GpuGeek.Domain.Tenants;

/// <summary>The tenant.</summary>
public sealed class Organization : IDeletable
{
    // First path segments of the site's own addresses, and names that would look official.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "account",
        "admin",
        "api",
        "architectures",
        "customvision",
        "docs",
        "error",
        "favicon",
        "forgot-password",
        "healthz",
        "help",
        "hubs",
        "invitation",
        "invitations",
        "js",
        "link",
        "login",
        "metrics",
        "new-organization",
        "not-found",
        "objects",
        "operator",
        "org",
        "orgs",
        "p",
        "plans",
        "preferences",
        "pricing",
        "readyz",
        "register",
        "reset",
        "reset-password",
        "security",
        "settings",
        "setup",
        "shared",
        "sign-in",
        "sign-out",
        "signin",
        "status",
        "static",
        "support",
        "swagger",
        "v1",
        "v2",
        "vendor",
        "www",
    };

    /// <summary>An organisation with this name would be unreachable: the address is already used.</summary>
    public static bool IsReserved(string slug) => Reserved.Contains(slug);

    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; set; }

    /// <summary>Code of its <see cref="Billing.Plan"/>.</summary>
    public required string PlanCode { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc/>
    public Guid? DeletionId { get; private set; }
}
