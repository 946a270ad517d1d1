using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Api.Http;

internal static class ProblemSetup
{
    public static IServiceCollection AddProblems(this IServiceCollection services) =>
        services
            .AddProblemDetails(options => options.CustomizeProblemDetails = context => Complete(context))
            .AddExceptionHandler<ExceptionToProblem>();

    private static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        problem.Extensions.TryAdd("code", DefaultCode(problem.Status ?? context.HttpContext.Response.StatusCode));
        problem.Extensions.Remove("traceId");
        problem.Extensions["requestId"] = context.HttpContext.TraceIdentifier;
        if (problem is HttpValidationProblemDetails validation)
        {
            validation.Detail ??= "Some fields of the request are invalid; see errors.";
            validation.Errors = validation.Errors.ToDictionary(e => Pointer(e.Key), e => e.Value, StringComparer.Ordinal);
        }
        problem.Detail ??= DefaultDetail(problem.Status);
    }

    private static string DefaultCode(int status) =>
        status switch
        {
            400 => "malformed_request",
            401 => "not_signed_in",
            403 => "not_allowed",
            404 => "not_found",
            405 => "method_not_allowed",
            413 => "too_large",
            415 => "unsupported_media_type",
            429 => "too_many_requests",
            503 => "unavailable",
            _ => "internal_error",
        };

    private static string? DefaultDetail(int? status) =>
        status switch
        {
            400 => "The request could not be read: compare its JSON with the API description at /swagger.",
            404 => "It does not exist, or you do not have access to it.",
            405 => "This address does not support that method.",
            413 => "The request is larger than this address allows.",
            415 => "This address does not support the request's content type.",
            _ => null,
        };

    /// <summary>Recipe.Optimizer.LearningRate → /recipe/optimizer/learningRate (RFC 6901).</summary>
    private static string Pointer(string path) =>
        "/" + string.Join('/', path.Split('.', '[').Select(part => JsonNamingPolicy.CamelCase.ConvertName(part.TrimEnd(']'))));
}

/// <summary>Maps exceptions that handlers did not handle: violated rules become 409 or 422, a lost database 503, everything else 500
/// without internal details.</summary>
internal sealed partial class ExceptionToProblem(ILogger<ExceptionToProblem> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (context.Response.HasStarted)
            return false;
        switch (exception)
        {
            case DomainException failure:
                await Problems.Of(failure).ExecuteAsync(context);
                return true;
            case RecipeException recipe:
                await Problems.Of(recipe).ExecuteAsync(context);
                return true;
            case BadHttpRequestException { StatusCode: var status }:
                context.Features.Get<IHttpResponseFeature>()!.StatusCode = status;
                await TypedResults.Problem(statusCode: status).ExecuteAsync(context);
                return true;
            case ObjectNotFoundException:
                await Problems
                    .Of(
                        404,
                        "file_missing",
                        "The file is missing",
                        "The object store no longer has this file.",
                        "Restore the object store from its backup."
                    )
                    .ExecuteAsync(context);
                return true;
            case DamagedObjectException damaged:
                LogDamaged(damaged.Key);
                await Problems
                    .Of(
                        500,
                        "file_damaged",
                        "The file is damaged",
                        "The stored file has changed since it was saved, so it is not served.",
                        "Restore the object store from its backup."
                    )
                    .ExecuteAsync(context);
                return true;
            case var _
                when DiskSpace.IsFull(exception)
                    || exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.DiskFull }:
                LogDiskFull(exception);
                const string full = "Nothing was stored: the server does not have enough disk space.";
                await Problems
                    .Of(507, "disk_full", "The disk is full", full, "Ask the operator to free disk space, then try again.")
                    .ExecuteAsync(context);
                return true;
            case ObjectStoreException:
                LogStoreUnavailable(exception);
                context.Response.Headers.RetryAfter = "10";
                await Problems
                    .Of(
                        503,
                        "store_unavailable",
                        "The object store is not available",
                        "The object store does not respond as expected.",
                        "Try again in a minute."
                    )
                    .ExecuteAsync(context);
                return true;
            case DbUpdateConcurrencyException
            or DbUpdateException
            {
                InnerException: PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation }
            }:
                await Problems
                    .Conflict(
                        "changed_meanwhile",
                        "Somebody else changed the same object at the same time.",
                        "Read it again, then repeat the change if you still want it."
                    )
                    .ExecuteAsync(context);
                return true;
            // A NUL character in a text: JSON and addresses can contain one, PostgreSQL's text type cannot.
            case PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire }
            or DbUpdateException { InnerException: PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } }:
                await Problems
                    .Impossible(
                        "invalid_text",
                        "A text in the request contains a character that cannot be stored.",
                        "Remove NUL characters."
                    )
                    .ExecuteAsync(context);
                return true;
            case var _ when DatabaseOutage.IsAway(exception):
                LogUnavailable(exception);
                await DatabaseGate.RefuseAsync(context);
                return true;
            default:
                LogUnexpected(exception, context.Request.Method, context.GetEndpoint()?.DisplayName, context.TraceIdentifier);
                await Problems
                    .Of(
                        500,
                        "internal_error",
                        "Internal error",
                        "The request failed because of an error in the server.",
                        "Report the request id to the operator."
                    )
                    .ExecuteAsync(context);
                return true;
        }
    }

    [LoggerMessage(LogLevel.Error, "The content of the stored object {Key} does not match its hash")]
    private partial void LogDamaged(string key);

    [LoggerMessage(LogLevel.Warning, "Request refused: the disk is full")]
    private partial void LogDiskFull(Exception failure);

    [LoggerMessage(LogLevel.Error, "Request failed: the object store is not available")]
    private partial void LogStoreUnavailable(Exception failure);

    // Logs the route, not the path: a path can contain what somebody typed.
    [LoggerMessage(LogLevel.Error, "{Method} {Route} failed; request {RequestId}")]
    private partial void LogUnexpected(Exception failure, string method, string? route, string requestId);

    [LoggerMessage(LogLevel.Warning, "Request failed: the database did not respond")]
    private partial void LogUnavailable(Exception failure);
}
