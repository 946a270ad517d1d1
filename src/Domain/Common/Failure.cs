namespace GpuGeek.Domain.Common;

/// <summary>Why a long operation failed. It is stored in the row and shown to people. It never contains a stack trace, a server path or a
/// secret.</summary>
public sealed record Failure(string Code, string Title, string Detail, string? Hint = null);
