using System.Net;

namespace GpuGeek.Contracts.Client;

/// <summary>The API refused: an RFC 9457 problem.</summary>
public sealed class ApiException(HttpStatusCode status, ApiProblem problem)
    : Exception(problem.Detail ?? problem.Title ?? $"HTTP {(int)status}")
{
    public HttpStatusCode Status { get; } = status;
    public ApiProblem Problem { get; } = problem;
}

/// <summary>application/problem+json with our extensions.</summary>
public sealed record ApiProblem(
    string? Type,
    string? Title,
    int? Status,
    string? Detail,
    string? Code,
    string? Hint,
    string? RequestId,
    IReadOnlyDictionary<string, string[]>? Errors
)
{
    /// <summary>With <c>second_factor_needed</c>: the right password, proved a moment ago. See <see
    /// cref="Accounts.SignInRequest.Challenge"/>.</summary>
    public string? Challenge { get; init; }
}
