using System.Text.Json;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace GpuGeek.Api.Http.Versions;

/// <summary>
/// Adds <c>ETag</c> to every GET of one object and supports <c>If-None-Match</c> on it and <c>If-Match</c> on requests that change it. It
/// runs inside <see cref="ChangeFilter"/>'s transaction: changes of one path wait for each other, so of many requests with the same tag
/// exactly one succeeds.
/// </summary>
internal sealed class VersionFilter(Representations representations, IOptions<JsonOptions> json) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.OnlyReads())
            return Tagged(http, await next(context));
        if (HttpMethods.IsPost(http.Request.Method) || http.GetEndpoint()!.Metadata.GetMetadata<NoChangeFilterMetadata>() is not null)
            return await next(context);
        await LockAsync(http);
        if (await RefusalAsync(http) is { } refusal)
            return refusal;
        var result = await next(context);
        if (representations.Find(http) is not null && Value(result) is { } changed)
            http.Response.Headers.ETag = EntityTags.Of(Serialize(changed)).ToString();
        return result;
    }

    private object? Tagged(HttpContext http, object? result)
    {
        if (
            HandlerResult.Innermost(result) is not IStatusCodeHttpResult { StatusCode: StatusCodes.Status200OK }
            || Value(result) is not { } value
        )
            return result;
        // A list has no tag: its content depends on the page and the filters.
        if (value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Page<>))
            return result;
        return new TaggedJson(Serialize(value), http.Request.Headers.IfNoneMatch is { Count: > 0 } known ? EntityTags.Parse(known) : null);
    }

    private async Task<ProblemHttpResult?> RefusalAsync(HttpContext http)
    {
        if (http.Request.Headers.IfMatch is not { Count: > 0 } header)
            return null;
        if (EntityTags.Parse(header) is not { } asked)
            return Problems.Of(
                400,
                "malformed_request",
                "Malformed header",
                "If-Match is not a list of entity tags.",
                "Send the value of the ETag header unchanged, with its quotes."
            );
        if (representations.Find(http) is not { } get)
            return Failed("This resource has no ETag, so none can match.", "Repeat the request without If-Match.");
        // If the object does not exist, the handler decides: 404, or 204 for a deletion that has already happened.
        if (await Representations.TagAsync(http, get) is not { } present)
            return null;
        return EntityTags.Match(asked, EntityTagHeaderValue.Parse(present), strong: true)
            ? null
            : Failed("Somebody has changed the resource since you read it.", "Read it again, then repeat the change if you still want it.");
    }

    private static ProblemHttpResult Failed(string detail, string hint) =>
        Problems.Of(412, "precondition_failed", "Changed in the meantime", detail, hint);

    private static async Task LockAsync(HttpContext http)
    {
        var db = http.RequestServices.GetRequiredService<GpuGeekDbContext>();
        var org = http.RequestServices.GetRequiredService<Tenant>().OrgId;
        // An id can be written in several ways.
        var address = string.Join(
            '/',
            http.Request.RouteValues.Where(v => v.Key != OrgAuthorization.Parameter)
                .OrderBy(v => v.Key, StringComparer.Ordinal)
                .Select(v => $"{v.Key}={(Guid.TryParse(v.Value as string, out var id) ? id.ToString() : v.Value)}")
        );
        await db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended({$"change:{org}/{address}"}, 0))",
            http.RequestAborted
        );
    }

    private byte[] Serialize(object value) => JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), json.Value.SerializerOptions);

    private static object? Value(object? result) =>
        HandlerResult.Innermost(result) is IStatusCodeHttpResult { StatusCode: < 300 } and IValueHttpResult { Value: { } value }
            ? value
            : null;
}
