using GpuGeek.Api.Http.Auth;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Live;

/// <summary>Checks again and again that the caller of an open connection is still a member; requests are checked with their
/// token.</summary>
internal sealed class MembershipLookup(IDbContexts contexts)
{
    private sealed record Row(Guid Id);

    /// <returns>The organisation; null if it does not exist or the caller is not a member.</returns>
    public async Task<Guid?> FindAsync(string slug, Caller caller, CancellationToken cancellationToken)
    {
        await using var db = contexts.ForNobody();
        var row = await db
            .Database.SqlQuery<Row>($"SELECT id FROM org_for_member({slug}, {caller.User})")
            .FirstOrDefaultAsync(cancellationToken);
        return row is { Id: var org } && caller.MayEnter(org) ? org : null;
    }
}
