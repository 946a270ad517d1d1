using System.Text.Json;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Common;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Accounts;

internal static class EventEndpoints
{
    public static void MapEvents(this RouteGroupBuilder account) =>
        account.MapGet("/events", ListAsync).SessionOnly().WithName("ListAccountEvents");

    /// <summary>List the security events of the account, newest first</summary>
    private static async Task<Ok<Page<AccountEventResponse>>> ListAsync(
        Caller caller,
        IDbContexts contexts,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        await using var db = contexts.ForUser(caller.User);
        var rows = await db
            .AccountEvents.AsNoTracking()
            .Where(e => e.UserId == caller.User && (last == null || e.Id < last))
            .OrderByDescending(e => e.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(
            Paging.Of(
                rows,
                size,
                e => e.Id.ToString(),
                e => new AccountEventResponse(
                    e.Id,
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(e.Kind.ToString()),
                    e.At,
                    e.Address,
                    e.Agent,
                    e.Detail
                )
            )
        );
    }
}
