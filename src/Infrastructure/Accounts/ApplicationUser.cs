using Microsoft.AspNetCore.Identity;

namespace GpuGeek.Infrastructure.Accounts;

/// <summary>A person.</summary>
public sealed class ApplicationUser : IdentityUser<Guid>
{
    public required string DisplayName { get; set; }

    /// <summary>Can edit plans and see the whole installation.</summary>
    public bool IsOperator { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Loaded with the person, and only for the person's own requests.</summary>
    public UserPassword? Password { get; private set; }

    public override string? PasswordHash
    {
        get => Password?.Hash;
        set
        {
            var hash = value ?? throw new ArgumentNullException(nameof(value), "A password can be replaced but not removed.");
            if (Password is null)
                Password = new() { UserId = Id, Hash = hash };
            else
                Password.Hash = hash;
        }
    }
}
