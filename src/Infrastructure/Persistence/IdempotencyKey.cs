namespace GpuGeek.Infrastructure.Persistence;

/// <summary>
/// The first response to a creating request, written in the transaction of the change, so that a repeated request creates nothing twice.
/// The app role can access these rows only through <c>first_answer</c> and <c>keep_first_answer</c>, and only the row whose key it can
/// name. Kept for 24 hours.
/// </summary>
public sealed class IdempotencyKey
{
    /// <summary>Hash of the owner (organisation and person or API key; outside an organisation the person, or the address) and the
    /// caller's key.</summary>
    public required string Key { get; init; }

    /// <summary>SHA-256 of method, path and body.</summary>
    public required string Request { get; init; }
    public required int Status { get; init; }
    public string? ContentType { get; init; }
    public string? Location { get; init; }

    /// <summary>Encrypted (<see cref="SealedAnswers"/>): it may contain a key or a link that is shown only once. Null if it could not be
    /// stored.</summary>
    public byte[]? Body { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}
