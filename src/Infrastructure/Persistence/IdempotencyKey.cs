namespace GpuGeek.Infrastructure.Persistence;

/// <summary>
/// The first answer to a creating request, written in the transaction of the change, so that a repeated request creates nothing twice.
/// The app role reaches these rows through <c>first_answer</c> and <c>keep_first_answer</c> alone, and only the one whose key it can name.
/// Kept for 24 hours.
/// </summary>
public sealed class IdempotencyKey
{
    /// <summary>Whose it is (organisation and person or API key; outside an organisation the person, or the address) and the caller's key:
    /// hashed.</summary>
    public required string Key { get; init; }

    /// <summary>SHA-256 of method, path and body.</summary>
    public required string Request { get; init; }
    public required int Status { get; init; }
    public string? ContentType { get; init; }
    public string? Location { get; init; }

    /// <summary>Sealed (<see cref="SealedAnswers"/>): it may hold a key or a link that is shown once. Null where it could not be
    /// kept.</summary>
    public byte[]? Body { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}
