namespace GpuGeek.Domain.Common;

/// <summary>A violated rule that the caller can understand and correct. Api returns it as a ProblemDetails with <see
/// cref="Code"/>.</summary>
/// <param name="code">Stable snake_case code; never renamed, since callers branch on it.</param>
/// <param name="detail">What happened and why, in one or two sentences.</param>
/// <param name="hint">What to do next, or null.</param>
public sealed class DomainException(string code, string detail, string? hint = null) : Exception(detail)
{
    public string Code { get; } = code;
    public string? Hint { get; } = hint;
}
