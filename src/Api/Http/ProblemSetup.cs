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
            validation.Detail ??= "Some fields of the request are not right; see errors.";
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
            400 => "The request could not be read: check its JSON against the API's description at /swagger.",
            404 => "There is no such thing here, or it is not yours.",
            405 => "This address does not take that method.",
            413 => "The request is larger than this address takes.",
            415 => "The request's content type is not one that this address takes.",
            _ => null,
        };

    /// <summary>Recipe.Optimizer.LearningRate → /recipe/optimizer/learningRate (RFC 6901).</summary>
    private static string Pointer(string path) =>
        "/" + string.Join('/', path.Split('.', '[').Select(part => JsonNamingPolicy.CamelCase.ConvertName(part.TrimEnd(']'))));
}

/// <summary>What handlers did not answer themselves: broken rules become 409 or 422, a lost database 503, anything else 500 without a word
/// about the inside.</summary>
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
                        "The object store does not hold this file any more.",
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
                        "The stored file is not what it was when it was stored, so it is not given out.",
                        "Restore the object store from its backup."
                    )
                    .ExecuteAsync(context);
                return true;
            case var _
                when DiskSpace.IsFull(exception)
                    || exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.DiskFull }:
                LogDiskFull(exception);
                const string full = "Nothing was stored: the server has no disk space left for it.";
                await Problems
                    .Of(507, "disk_full", "The disk is full", full, "Ask the operator to free some disk, then try again.")
                    .ExecuteAsync(context);
                return true;
            case ObjectStoreException:
                LogStoreUnavailable(exception);
                context.Response.Headers.RetryAfter = "10";
                await Problems
                    .Of(
                        503,
                        "store_unavailable",
                        "The object store cannot be used",
                        "The service that keeps files does not answer as it should.",
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
                        "Somebody else changed the same thing at the same moment.",
                        "Read it again and repeat the change if it is still wanted."
                    )
                    .ExecuteAsync(context);
                return true;
            // A NUL character in a text: JSON and addresses can carry one, PostgreSQL's text cannot.
            case PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire }
            or DbUpdateException { InnerException: PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } }:
                await Problems
                    .Impossible(
                        "invalid_text",
                        "A text of the request contains a character that cannot be stored.",
                        "Take out NUL characters."
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
                        "Something went wrong here",
                        "The request could not be completed; the fault is ours.",
                        "Report the request id."
                    )
                    .ExecuteAsync(context);
                return true;
        }
    }

    [LoggerMessage(LogLevel.Error, "The stored object {Key} does not have the content its name says")]
    private partial void LogDamaged(string key);

    [LoggerMessage(LogLevel.Warning, "A request was refused: the disk is full")]
    private partial void LogDiskFull(Exception failure);

    [LoggerMessage(LogLevel.Error, "The object store cannot be used")]
    private partial void LogStoreUnavailable(Exception failure);

    // The route and not the address: an address may hold what somebody typed.
    [LoggerMessage(LogLevel.Error, "{Method} {Route} failed; request {RequestId}")]
    private partial void LogUnexpected(Exception failure, string method, string? route, string requestId);

    [LoggerMessage(LogLevel.Warning, "The database cannot be reached, or gave up")]
    private partial void LogUnavailable(Exception failure);
}
