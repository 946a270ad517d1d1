using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Common.Audit;

/// <summary>The route is no change (a prediction), or writes its entry itself because its request is too long for one transaction (an upload).</summary>
internal sealed class NoChangeFilterMetadata;

/// <summary>
/// Every request that changes an organisation is one transaction: what the handler wrote and the audit entry are kept together, or neither is. A refused request keeps nothing.
/// Handlers therefore open no transaction of their own.
/// </summary>
internal sealed class ChangeFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method) || http.GetEndpoint()!.Metadata.GetMetadata<NoChangeFilterMetadata>() is not null) return await next(context);
        var db = http.RequestServices.GetRequiredService<GpuGeekDbContext>();
        var change = http.RequestServices.GetRequiredService<Change>();
        await using var transaction = await db.Database.BeginTransactionAsync(http.RequestAborted);
        // What is deleted is in no project afterwards.
        var project = await AuditProjects.FindAsync(db, AuditTrail.InOrganisation(http.Request.Path), http.RequestAborted);
        var result = await next(context);
        if (!Succeeded(result)) return result;
        if (!change.IsNone)
        {
            db.AuditEntries.Add(await AuditTrail.EntryAsync(http, db, change.Detail ?? AuditTrail.Body(context.Arguments), Location(result), http.RequestAborted, project));
            await db.SaveChangesAsync(http.RequestAborted);
        }
        await transaction.CommitAsync(CancellationToken.None);
        await change.TellAsync();
        return result;
    }

    private static bool Succeeded(object? result) => Innermost(result) is IStatusCodeHttpResult { StatusCode: null or < 400 };

    // Created<T> and Accepted<T> have no common interface that tells the address.
    private static string? Location(object? result) => Innermost(result) is { } inner ? inner.GetType().GetProperty("Location")?.GetValue(inner) as string : null;

    private static object? Innermost(object? result) => result is INestedHttpResult nested ? Innermost(nested.Result) : result;
}

internal static class ChangeSetup
{
    public static TBuilder WithoutChangeFilter<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new NoChangeFilterMetadata());
}
