using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Http.Audit;

/// <summary>Marks a route that changes nothing (a prediction), or that writes its entry itself because its request is too long for one
/// transaction (an upload).</summary>
internal sealed class NoChangeFilterMetadata;

/// <summary>
/// Each request that changes an organisation is one transaction: the handler's writes, the audit entry and the first response of an
/// <c>Idempotency-Key</c> are committed together or not at all. A refused request commits nothing. Handlers therefore open no transaction
/// of their own.
/// </summary>
internal sealed class ChangeFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.OnlyReads() || http.GetEndpoint()!.Metadata.GetMetadata<NoChangeFilterMetadata>() is not null)
            return await next(context);
        var db = http.RequestServices.GetRequiredService<GpuGeekDbContext>();
        var change = http.RequestServices.GetRequiredService<Change>();
        var first = http.RequestServices.GetRequiredService<FirstAnswer>();
        await using var transaction = await db.Database.BeginTransactionAsync(http.RequestAborted);
        if (await first.FindAsync(db, http.RequestAborted) is { } earlier)
            return earlier;
        // A deleted object belongs to no project afterwards.
        var project = await AuditProjects.FindAsync(db, AuditTrail.InOrganisation(http.Request.Path), http.RequestAborted);
        var result = await next(context);
        if (!HandlerResult.Succeeded(result))
            return result;
        if (!change.IsNone)
        {
            var detail = change.Detail ?? AuditTrail.Body(context.Arguments);
            db.AuditEntries.Add(
                await AuditTrail.EntryAsync(http, db, detail, HandlerResult.Location(result), http.RequestAborted, project)
            );
            await db.SaveChangesAsync(http.RequestAborted);
        }
        await first.KeepAsync(db, result, http.RequestAborted);
        await transaction.CommitAsync(CancellationToken.None);
        await change.RunAfterCommitAsync();
        return result;
    }
}

internal static class ChangeSetup
{
    public static TBuilder WithoutChangeFilter<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new NoChangeFilterMetadata());
}
