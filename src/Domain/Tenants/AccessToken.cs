namespace GpuGeek.Domain.Tenants;

public enum TokenKind
{
    /// <summary><c>gg_s_</c>: a person's browser or CLI.</summary>
    Session,

    /// <summary><c>gg_k_</c>: a machine; bound to one organisation and to scopes.</summary>
    ApiKey,

    /// <summary><c>gg_setup_</c>: makes the operator, once.</summary>
    Setup,

    /// <summary><c>gg_link_</c>: signs the operator in, once.</summary>
    SignInLink,

    /// <summary><c>gg_invite_</c>: lets a person into an organisation, once. Kept as an <see cref="Tenants.Invitation"/>.</summary>
    Invitation,

    /// <summary><c>gg_reset_</c>: sets a new password, once.</summary>
    PasswordReset,

    /// <summary><c>gg_share_</c>: shows one run or one model version to whoever has it. Kept as a <see
    /// cref="Sharing.ShareLink"/>.</summary>
    ShareLink,
}

/// <summary>What was given out once and is stored only as its SHA-256. Revoking it takes effect at the next request.</summary>
public sealed class AccessToken
{
    public required Guid Id { get; init; }
    public required TokenKind Kind { get; init; }
    public required byte[] Hash { get; init; }

    /// <summary>Whose session, or who made the key; null for a setup token.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The key's organisation; null for the other kinds.</summary>
    public Guid? OrgId { get; init; }

    /// <summary>The key's name, or the session's user agent.</summary>
    public required string Name { get; init; }

    /// <summary>The first characters of the token, so that people recognise it in a list.</summary>
    public required string Prefix { get; init; }
    public string[] Scopes { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
}
