using System.Net;

namespace GpuGeek.Contracts.Client;

/// <summary>An error response of the API: an RFC 9457 problem.</summary>
public sealed class ApiException(HttpStatusCode status, ApiProblem problem)
    : Exception(problem.Detail ?? problem.Title ?? $"HTTP {(int)status}")
{
    public HttpStatusCode Status { get; } = status;
    public ApiProblem Problem { get; } = problem;
}

/// <summary>application/problem+json with the extensions of this API.</summary>
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
    /// <summary>Sent with <c>second_factor_needed</c>: proves that the correct password was sent before. See <see
    /// cref="Accounts.SignInRequest.Challenge"/>.</summary>
    public string? Challenge { get; init; }
}
