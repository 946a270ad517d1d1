using System.Security.Cryptography;
using System.Text;
using GpuGeek.Api.Common.Auth;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Api.Common;

internal sealed class IdempotentMetadata;

internal static class IdempotencySetup
{
    /// <summary>The creating POST obeys <c>Idempotency-Key</c>.</summary>
    public static TBuilder Idempotent<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new IdempotentMetadata());
}

/// <summary>
/// The same key and the same request get the first answer again; the same key and another request 422; while the first still runs 409. Kept for a day.
/// Answers of 5xx are not kept: then the caller should try again.
/// Bodies are kept sealed: a first answer may hold a key or a link that is shown this once.
/// </summary>
internal sealed class Idempotency(RequestDelegate next, SealedAnswers answers)
{
    private const string Header = "Idempotency-Key";
    private const int MaxLength = 255;
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);
    /// <summary>A request that has not ended by then died with its process.</summary>
    private static readonly TimeSpan GivenUp = TimeSpan.FromMinutes(5);

    public async Task InvokeAsync(HttpContext context, IDbContexts contexts, TimeProvider clock)
    {
        var key = context.Request.Headers[Header].ToString();
        if (key.Length == 0 || context.GetEndpoint()?.Metadata.GetMetadata<IdempotentMetadata>() is null)
        {
            await next(context);
            return;
        }
        if (key.Length > MaxLength || key.Any(c => c is < ' ' or > '~'))
        {
            await Problems.Of(400, "invalid_idempotency_key", "Malformed header", $"{Header} takes 1 to {MaxLength} printable ASCII characters.").ExecuteAsync(context);
            return;
        }
        var row = new IdempotencyKey { Key = Hash($"{Scope(context)}\n{key}"), Request = await FingerprintAsync(context), CreatedAt = clock.GetUtcNow() };
        await using var db = contexts.ForNobody();
        var (expired, givenUp) = (row.CreatedAt - Kept, row.CreatedAt - GivenUp);
        await ForgetAsync(db, row.CreatedAt - Kept, context.RequestAborted);
        await db.IdempotencyKeys.Where(k => k.Key == row.Key && (k.CreatedAt < expired || (k.Status == null && k.CreatedAt < givenUp))).ExecuteDeleteAsync(context.RequestAborted);
        if (await TryAddAsync(db, row, context.RequestAborted)) await RunAsync(context, db, row);
        else await ReplayAsync(context, db, row);
    }

    /// <summary>What was kept long enough goes with the requests that come; two of them never wait for each other.</summary>
    private static Task<int> ForgetAsync(GpuGeekDbContext db, DateTimeOffset expired, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"DELETE FROM idempotency_keys WHERE key IN (SELECT key FROM idempotency_keys WHERE created_at < {expired} ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED)", cancellationToken);

    private async Task RunAsync(HttpContext context, GpuGeekDbContext db, IdempotencyKey row)
    {
        var body = context.Response.Body;
        using var copy = new MemoryStream();
        context.Response.Body = copy;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
            if (context.Response.StatusCode >= 500 || copy.Length == 0 && context.Response.StatusCode == 200)
                await db.IdempotencyKeys.Where(k => k.Key == row.Key).ExecuteDeleteAsync(CancellationToken.None);
            else
                await SaveAsync(context, db, row, copy.ToArray());
        }
        copy.Position = 0;
        await copy.CopyToAsync(body, context.RequestAborted);
    }

    private async Task SaveAsync(HttpContext context, GpuGeekDbContext db, IdempotencyKey row, byte[] body)
    {
        var (status, type, location) = (context.Response.StatusCode, context.Response.ContentType, context.Response.Headers.Location.ToString());
        var kept = answers.Seal(row.Key, body);
        await db.IdempotencyKeys.Where(k => k.Key == row.Key).ExecuteUpdateAsync(set => set
            .SetProperty(k => k.Status, status).SetProperty(k => k.ContentType, type).SetProperty(k => k.Location, location).SetProperty(k => k.Body, kept), CancellationToken.None);
    }

    private async Task ReplayAsync(HttpContext context, GpuGeekDbContext db, IdempotencyKey asked)
    {
        var first = await db.IdempotencyKeys.AsNoTracking().FirstOrDefaultAsync(k => k.Key == asked.Key, context.RequestAborted);
        if (first is not null && first.Request != asked.Request)
        {
            await Problems.Impossible("idempotency_key_reused", "This Idempotency-Key was used for another request.", "Use a new key for a new request.").ExecuteAsync(context);
            return;
        }
        if (first?.Status is null)
        {
            await Problems.Conflict("still_running", "The first request with this Idempotency-Key is still running.", "Ask again in a moment.").ExecuteAsync(context);
            return;
        }
        if (answers.Open(first.Key, first.Body) is not { } body)
        {
            await Problems.Conflict("answer_not_kept", "The request was carried out, but its first answer cannot be read any more.", "Look at what is there; make it anew with another Idempotency-Key if a secret was lost.").ExecuteAsync(context);
            return;
        }
        context.Response.StatusCode = first.Status.Value;
        context.Response.ContentType = first.ContentType;
        context.Response.Headers["Idempotency-Replayed"] = "true";
        if (first.Location is { Length: > 0 }) context.Response.Headers.Location = first.Location;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static async Task<bool> TryAddAsync(GpuGeekDbContext db, IdempotencyKey row, CancellationToken cancellationToken)
    {
        try
        {
            db.IdempotencyKeys.Add(row);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return false;
        }
    }

    private static string Scope(HttpContext context) =>
        context.GetRouteValue(OrgAuthorization.Parameter) is string org ? "org:" + org
        : Caller.From(context.User) is { } caller ? "token:" + caller.Token
        : "address:" + ClientAddress.Of(context);

    private static async Task<string> FingerprintAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}\n"));
        var buffer = new byte[8192];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0) hash.AppendData(buffer, 0, read);
        context.Request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
