using System.Globalization;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Tenants;

internal static class AuditEndpoints
{
    private const int MaxExport = 100_000;

    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapOrg("/audit").WithTags("Audit").MapGet("", ListAsync).Needs(Role.Admin, Scopes.OrgAdmin).WithName("ListAudit");

    /// <summary>List the audit log (who changed what, when and from where), newest first; as CSV with <c>?format=csv</c> or <c>Accept:
    /// text/csv</c></summary>
    /// <remarks>Filters: <c>user</c> (id), <c>action</c> (such as <c>deployment.update</c>, or <c>deployment.</c> for all of a kind),
    /// <c>from</c> and <c>to</c> (times).</remarks>
    private static async Task<Results<Ok<Page<AuditEntryResponse>>, FileContentHttpResult>> ListAsync(
        HttpRequest http,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        Guid? user = null,
        string? action = null,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        string? format = null,
        string? after = null,
        int? limit = null
    )
    {
        var (begin, end) = (from?.ToUniversalTime(), to?.ToUniversalTime());
        var kind = action?.EndsWith('.') == true ? action : null;
        var rows = db
            .AuditEntries.AsNoTracking()
            .Where(a =>
                (user == null || a.UserId == user)
                && (begin == null || a.At >= begin)
                && (end == null || a.At < end)
                && (action == null || a.Action == action || (kind != null && a.Action.StartsWith(kind)))
            )
            .OrderByDescending(a => a.Id);
        if (format == "csv" || http.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase))
            return TypedResults.File(
                ToCsv(await rows.Take(MaxExport).ToListAsync(cancellationToken)),
                "text/csv; charset=utf-8",
                "audit.csv"
            );
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var page = await rows.Where(a => last == null || a.Id < last).Take(size + 1).ToListAsync(cancellationToken);
        return TypedResults.Ok(
            Paging.Of(
                page,
                size,
                a => a.Id.ToString(),
                a => new AuditEntryResponse(
                    a.Id,
                    a.At,
                    a.UserId,
                    a.UserName,
                    a.UserEmail,
                    a.KeyName,
                    a.Action,
                    a.Target,
                    a.Detail,
                    a.Address,
                    a.UserAgent
                )
            )
        );
    }

    private static byte[] ToCsv(List<AuditEntry> entries) =>
        Csv.Write(
            ["at", "user", "email", "key", "action", "target", "detail", "address", "user_agent"],
            entries.Select(e =>
                new[]
                {
                    e.At.ToString("O", CultureInfo.InvariantCulture),
                    e.UserName,
                    e.UserEmail,
                    e.KeyName,
                    e.Action,
                    e.Target,
                    e.Detail,
                    e.Address,
                    e.UserAgent,
                }
            )
        );
}
