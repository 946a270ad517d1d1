namespace GpuGeek.Domain.Tenants;

public enum TokenKind
{
    /// <summary><c>gg_s_</c>: a session of a person's browser or CLI.</summary>
    Session,

    /// <summary><c>gg_k_</c>: an API key, bound to one organisation and to scopes.</summary>
    ApiKey,

    /// <summary><c>gg_setup_</c>: creates the operator, once.</summary>
    Setup,

    /// <summary><c>gg_link_</c>: signs the operator in, once.</summary>
    SignInLink,

    /// <summary><c>gg_invite_</c>: admits a person to an organisation, once. Stored as an <see cref="Tenants.Invitation"/>.</summary>
    Invitation,

    /// <summary><c>gg_reset_</c>: sets a new password, once.</summary>
    PasswordReset,

    /// <summary><c>gg_share_</c>: a read-only link to one run or one model version. Stored as a <see
    /// cref="Sharing.ShareLink"/>.</summary>
    ShareLink,
}

/// <summary>A token that was issued once and is stored only as its SHA-256. Revoking it takes effect at the next request.</summary>
public sealed class AccessToken
{
    public required Guid Id { get; init; }
    public required TokenKind Kind { get; init; }
    public required byte[] Hash { get; init; }

    /// <summary>The owner of the session or the creator of the key; null for a setup token.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The key's organisation; null for the other kinds.</summary>
    public Guid? OrgId { get; init; }

    /// <summary>The key's name, or the session's user agent.</summary>
    public required string Name { get; init; }

    /// <summary>The first characters of the token, so that people can recognise it in a list.</summary>
    public required string Prefix { get; init; }
    public string[] Scopes { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
}
