using System.Text.Json;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Http.Idempotency;

/// <summary>
/// The first response to a request with an <c>Idempotency-Key</c>. It is written in the transaction of the change, so either both are
/// committed or neither is, wherever the process dies. Only successful responses are stored: a refused request has changed nothing and
/// can be tried again. Bodies are encrypted, because a response can contain a key or a link that is shown only once.
/// </summary>
internal sealed class FirstAnswer(SealedAnswers answers, IOptions<JsonOptions> json)
{
    private const string JsonType = "application/json; charset=utf-8";

    private sealed record Row(string Request, int Status, string? ContentType, string? Location, byte[]? Body);

    private (string Key, string Request)? _asked;

    public void Ask(string key, string request) => _asked = (key, request);

    /// <summary>Locks the key until the transaction ends and looks for the first response.</summary>
    /// <param name="db">The transaction of the change.</param>
    /// <returns>Null: the request has no key, or is the first with this key and must be executed.</returns>
    public async Task<EarlierAnswer?> FindAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        if (_asked is not var (key, request))
            return null;
        // The lock ends with the transaction or the connection: a process that dies leaves no locked key behind.
        var free = await db
            .Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock(hashtextextended({"idempotency:" + key}, 0)) AS \"Value\"")
            .SingleAsync(cancellationToken);
        if (!free)
            return new(
                Problems.Conflict(
                    "still_running",
                    "The first request with this Idempotency-Key is still running.",
                    "Try again in a moment."
                )
            );
        return await LookAsync(db, cancellationToken);
    }

    /// <summary>Looks for the first response without locking the key, for checks before the transaction begins.</summary>
    public async Task<EarlierAnswer?> LookAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        if (_asked is not var (key, request))
            return null;
        var first = await db.Database.SqlQuery<Row>($"SELECT * FROM first_answer({key})").FirstOrDefaultAsync(cancellationToken);
        if (first is null)
            return null;
        if (first.Request != request)
            return new(
                Problems.Impossible(
                    "idempotency_key_reused",
                    "This Idempotency-Key was used for another request.",
                    "Use a new key for a new request."
                )
            );
        var body = first.Body is { } kept ? answers.Open(key, kept) : [];
        return body is null
            ? new(
                Problems.Conflict(
                    "answer_not_kept",
                    "The request was executed, but its first response can no longer be read.",
                    "Check the result. If a secret was lost, create it again with another Idempotency-Key."
                )
            )
            : new(new ReplayedAnswer(first.Status, first.ContentType, first.Location, body));
    }

    /// <summary>Stores the response for the key. The caller commits.</summary>
    /// <param name="db">The transaction of the change, in which <see cref="FindAsync"/> found nothing.</param>
    /// <param name="result">The handler's result.</param>
    public async Task KeepAsync(GpuGeekDbContext db, object? result, CancellationToken cancellationToken)
    {
        if (_asked is not var (key, request))
            return;
        var answer = HandlerResult.Innermost(result);
        var status = (answer as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        var (type, body) = answer is IValueHttpResult { Value: { } value }
            ? (JsonType, answers.Seal(key, JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), json.Value.SerializerOptions)))
            : (null, null);
        var location = HandlerResult.Location(answer);
        await db.Database.ExecuteSqlAsync(
            $"SELECT keep_first_answer({key}, {request}, {status}, {type}, {location}, {body})",
            cancellationToken
        );
    }
}

/// <summary>The response to a repeated request: the first response, or the reason why there is none.</summary>
internal sealed class EarlierAnswer(IResult result) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => result.ExecuteAsync(httpContext);
}

internal sealed class ReplayedAnswer(int status, string? contentType, string? location, byte[] body) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers["Idempotency-Replayed"] = "true";
        if (location is { Length: > 0 })
            response.Headers.Location = location;
        if (body.Length == 0)
            return;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
