using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Common;
using GpuGeek.Web.Localization;
using Microsoft.Extensions.Localization;

namespace GpuGeek.Web.Components;

/// <summary>An error for display: what happened, why, what to do next.</summary>
/// <param name="Fields">Field → messages, if the API names fields.</param>
public sealed record Fault(string Title, string? Detail, string? Hint, string? RequestId, IReadOnlyDictionary<string, string[]>? Fields)
{
    /// <summary>The error is temporary and needs no alarm.</summary>
    public bool IsPassing { get; private init; }

    /// <summary>The API's stable code; null if there is none.</summary>
    public string? Code { get; private init; }

    /// <summary>Whether the error can be explained to the person; any other is a bug and goes to the error boundary.</summary>
    public static bool Explains(Exception e) => e is ApiException or HttpRequestException or TaskCanceledException;

    public static Fault From(Exception e, IStringLocalizer<Words> words) =>
        e switch
        {
            ApiException { Problem: var problem } => From(problem, words),
            HttpRequestException or TaskCanceledException => new(words["ApiAway"], words["ApiAwayWhy"], words["ApiAwayHint"], null, null)
            {
                IsPassing = true,
            },
            _ => new(words["Unexpected"], words["UnexpectedWhy"], words["UnexpectedHint"], null, null),
        };

    /// <summary>Why a long operation failed.</summary>
    public static Fault From(ErrorInfo error, IStringLocalizer<Words> words) =>
        new(
            Translated(error.Code, "Title", words) ?? error.Title,
            Translated(error.Code, "Detail", words) ?? error.Detail,
            Translated(error.Code, "Hint", words) ?? error.Hint,
            null,
            null
        );

    private static Fault From(ApiProblem problem, IStringLocalizer<Words> words) =>
        new(
            Translated(problem.Code, "Title", words) ?? problem.Title ?? words["Unexpected"],
            Translated(problem.Code, "Detail", words) ?? (problem.Detail == problem.Title ? null : problem.Detail),
            Translated(problem.Code, "Hint", words) ?? problem.Hint,
            problem.RequestId,
            problem.Errors
        )
        {
            IsPassing = problem.Status is 502 or 503 or 504,
            Code = problem.Code,
        };

    /// <summary>The API responds in English; the most common errors have a translation here, by code.</summary>
    private static string? Translated(string? code, string part, IStringLocalizer<Words> words) =>
        code is not null && words[$"Problem.{code}.{part}"] is { ResourceNotFound: false } text ? text.Value : null;

    /// <summary>Messages of one field; the API writes keys as <c>email</c>, <c>Email</c> or <c>/email</c>.</summary>
    public string? Field(string name) =>
        Fields?.FirstOrDefault(f => string.Equals(f.Key.TrimStart('/', '#', '$', '.'), name, StringComparison.OrdinalIgnoreCase)).Value
            is { Length: > 0 } messages
            ? string.Join(' ', messages)
            : null;
}
