using Microsoft.AspNetCore.Identity;

namespace GpuGeek.Infrastructure.Identity;

/// <summary>A person. Identity's columns hold the password's hash and the lockout.</summary>
public sealed class ApplicationUser : IdentityUser<Guid>
{
    public required string DisplayName { get; set; }
    /// <summary>May edit plans and see the whole installation.</summary>
    public bool IsOperator { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}
