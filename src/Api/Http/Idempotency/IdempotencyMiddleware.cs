using System.Security.Cryptography;
using System.Text;
using GpuGeek.Api.Http.Auth;

namespace GpuGeek.Api.Http.Idempotency;

internal sealed class IdempotentMetadata;

internal static class IdempotencySetup
{
    /// <summary>
    /// Marks a creating POST that supports <c>Idempotency-Key</c>. In an organisation's route group, <see cref="Audit.ChangeFilter"/>
    /// does the work. Other handlers call <see cref="FirstAnswer"/> themselves, in the transaction of their change.
    /// </summary>
    public static TBuilder Idempotent<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new IdempotentMetadata());
}

/// <summary>
/// Reads <c>Idempotency-Key</c> and the request's fingerprint for <see cref="FirstAnswer"/>. It runs after authorization: a replay needs
/// the same rights as the request.
/// </summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next)
{
    private const string Header = "Idempotency-Key";
    private const int MaxLength = 255;

    public async Task InvokeAsync(HttpContext context, FirstAnswer first, Tenant tenant)
    {
        var key = context.Request.Headers[Header].ToString();
        if (key.Length == 0 || context.GetEndpoint()?.Metadata.GetMetadata<IdempotentMetadata>() is null)
        {
            await next(context);
            return;
        }
        if (key.Length > MaxLength || key.Any(c => c is < ' ' or > '~'))
        {
            await Problems
                .Of(400, "invalid_idempotency_key", "Malformed header", $"{Header} must be 1 to {MaxLength} printable ASCII characters.")
                .ExecuteAsync(context);
            return;
        }
        first.Ask(Hash($"{Scope(context, tenant)}\n{key}"), await FingerprintAsync(context));
        await next(context);
    }

    /// <summary>The owner of the key: a response can contain a secret, so nobody else gets it, not even a colleague or another API key of
    /// the same person.</summary>
    private static string Scope(HttpContext context, Tenant tenant)
    {
        if (Caller.From(context.User) is not { } caller)
            return "address:" + ClientAddress.Of(context);
        var person = caller.IsKey ? $"key:{caller.Token}" : $"user:{caller.User}";
        return tenant.IsResolved ? $"org:{tenant.OrgId} {person}" : person;
    }

    private static async Task<string> FingerprintAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}\n"));
        var buffer = new byte[8192];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            hash.AppendData(buffer, 0, read);
        context.Request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
