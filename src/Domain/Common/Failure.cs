namespace GpuGeek.Domain.Common;

/// <summary>Why long work ended badly: kept on its row and shown to people. Never holds a stack trace, a path of the server or a
/// secret.</summary>
public sealed record Failure(string Code, string Title, string Detail, string? Hint = null);
