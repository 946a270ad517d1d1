using GpuGeek.Domain.Common;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GpuGeek.Api.Http;

/// <summary>Expected failures: application/problem+json with a stable code. <c>requestId</c> is added when the response is
/// written.</summary>
internal static class Problems
{
    public static ProblemHttpResult Of(
        int status,
        string code,
        string title,
        string detail,
        string? hint = null,
        IDictionary<string, object?>? more = null
    )
    {
        var extensions = new Dictionary<string, object?>(more ?? new Dictionary<string, object?>()) { ["code"] = code };
        if (hint is not null)
            extensions["hint"] = hint;
        return TypedResults.Problem(detail, statusCode: status, title: title, extensions: extensions);
    }

    /// <summary>The same response for unknown and for forbidden objects, so that nobody learns which ids exist.</summary>
    public static ProblemHttpResult NotFound() => Of(404, "not_found", "Not found", "It does not exist, or you do not have access to it.");

    public static ProblemHttpResult Conflict(string code, string detail, string? hint = null) =>
        Of(409, code, "Conflict with the current state", detail, hint);

    public static ProblemHttpResult Impossible(string code, string detail, string? hint = null) =>
        Of(422, code, "The request cannot be carried out", detail, hint);

    public static ProblemHttpResult Unauthorized(string code, string detail, string? hint = null) =>
        Of(401, code, "Not signed in", detail, hint);

    public static ProblemHttpResult Forbidden(string code, string detail, string? hint = null) =>
        Of(403, code, "Not allowed", detail, hint);

    /// <summary>A recipe that cannot be resolved: each problem under its path, with the nearest name where one was mistyped.</summary>
    public static ProblemHttpResult Of(RecipeException recipe)
    {
        var errors = recipe.Problems.GroupBy(p => $"recipe.{p.Path}").ToDictionary(g => g.Key, g => g.Select(p => p.Message).ToArray());
        var problem = new HttpValidationProblemDetails(errors)
        {
            Status = 400,
            Title = "The recipe is not right",
            Detail = recipe.Message,
        };
        problem.Extensions["hint"] = "GET /api/v1/recipes/schema has every setting with its range.";
        return TypedResults.Problem(problem);
    }

    public static ProblemHttpResult Of(DomainException failure) =>
        failure.Code switch
        {
            "too_large" => Of(413, failure.Code, "Too large", failure.Message, failure.Hint),
            "bad_upload_header" => Of(400, failure.Code, "The upload's headers are not right", failure.Message, failure.Hint),
            // Not a status of HTTP: tus 1.0 has defined it.
            "checksum_differs" => Of(460, failure.Code, "The checksum differs", failure.Message, failure.Hint),
            var code when ConflictCodes.Contains(code) => Conflict(code, failure.Message, failure.Hint),
            var code => Impossible(code, failure.Message, failure.Hint),
        };

    // A state that can change; every other violated rule concerns the request itself.
    private static readonly HashSet<string> ConflictCodes = ["run_finished", "run_state", "delivery_under_way"];
}
