namespace GpuGeek.Contracts.Common;

/// <summary>One page of a list.</summary>
/// <param name="Items">In the list's order.</param>
/// <param name="Next">Pass as <c>after</c> for the next page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Why long work ended badly.</summary>
/// <param name="Code">Stable snake_case code.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Detail">What happened and why.</param>
/// <param name="Hint">What to do next.</param>
public sealed record ErrorInfo(string Code, string Title, string Detail, string? Hint);
