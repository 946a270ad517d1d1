namespace GpuGeek.Infrastructure.Accounts;

/// <summary>The hash of a person's password, in a separate table: other members can read names and addresses, but never this.</summary>
public sealed class UserPassword
{
    public Guid UserId { get; init; }
    public required string Hash { get; set; }
}
