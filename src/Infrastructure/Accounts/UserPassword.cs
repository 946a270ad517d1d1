namespace GpuGeek.Infrastructure.Accounts;

/// <summary>The hash of a person's password, in a table of its own: colleagues read one another's names and addresses, never
/// this.</summary>
public sealed class UserPassword
{
    public Guid UserId { get; init; }
    public required string Hash { get; set; }
}
