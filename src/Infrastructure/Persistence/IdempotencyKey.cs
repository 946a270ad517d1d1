namespace GpuGeek.Infrastructure.Persistence;

/// <summary>The first answer to a creating request, kept so that a repeated one makes nothing twice.</summary>
public sealed class IdempotencyKey
{
    /// <summary>Organisation, token or address, and the caller's key: hashed.</summary>
    public required string Key { get; init; }
    /// <summary>SHA-256 of method, path and body.</summary>
    public required string Request { get; init; }
    /// <summary>Null while the first request still runs.</summary>
    public int? Status { get; set; }
    public string? ContentType { get; set; }
    public string? Location { get; set; }
    /// <summary>Sealed (<see cref="SealedAnswers"/>): it may hold a key or a link that is shown once. Null where it could not be kept.</summary>
    public byte[]? Body { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
}
