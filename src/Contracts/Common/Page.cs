namespace GpuGeek.Contracts.Common;

/// <summary>One page of a list.</summary>
/// <param name="Items">Entries, in the order of the list.</param>
/// <param name="Next">Pass it as <c>after</c> to get the next page; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Why a long operation failed.</summary>
/// <param name="Code">Stable snake_case code.</param>
/// <param name="Title">Short description.</param>
/// <param name="Detail">What happened and why.</param>
/// <param name="Hint">What to do next.</param>
public sealed record ErrorInfo(string Code, string Title, string Detail, string? Hint);
