using GpuGeek.Api.Http;
using GpuGeek.Contracts.Sharing;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Sharing;

/// <summary>The shared page for a visitor without an account. The response is the same for every reason why a link is invalid.</summary>
internal static class SharedEndpoint
{
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(1);

    private sealed record Link(
        Guid OrgId,
        Guid Id,
        string OrgName,
        Guid? RunId,
        Guid? ModelVersionId,
        DateTimeOffset ExpiresAt,
        DateTimeOffset? RevokedAt,
        DateTimeOffset? LastOpenedAt
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/v1/shared/look", LookAsync)
            .WithTags("Sharing")
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.Shared)
            .WithName("LookAtShared");

    /// <summary>Get the content of a share link</summary>
    private static async Task<Results<Ok<SharedResponse>, ProblemHttpResult>> LookAsync(
        ShareTokenRequest request,
        IDbContexts contexts,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        if (await FindAsync(contexts, request.Token, now, cancellationToken) is not { } link)
            return Invalid();
        // The visitor reads with the tenant of the sharing organisation only; SharedReader chooses what is shown.
        await using var db = contexts.ForOrg(link.OrgId);
        var shown = link.RunId is { } run
            ? await SharedReader.RunAsync(db, run, cancellationToken)
            : await SharedReader.ModelAsync(db, link.ModelVersionId!.Value, cancellationToken);
        if (shown is not { } something)
            return Invalid();
        if (link.LastOpenedAt is null || now - link.LastOpenedAt > TouchEvery)
            await db
                .ShareLinks.Where(l => l.Id == link.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.LastOpenedAt, now), cancellationToken);
        return TypedResults.Ok(new SharedResponse(link.OrgName, something.Project, link.ExpiresAt, something.Run, something.Model));
    }

    private static async Task<Link?> FindAsync(IDbContexts contexts, string token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!TokenFormat.TryParse(token, out var kind) || kind != TokenKind.ShareLink)
            return null;
        var hash = TokenFormat.Hash(token);
        await using var db = contexts.ForNobody();
        var link = await db.Database.SqlQuery<Link>($"SELECT * FROM share_link({hash})").FirstOrDefaultAsync(cancellationToken);
        return link is { RevokedAt: null } && link.ExpiresAt > now ? link : null;
    }

    private static ProblemHttpResult Invalid() =>
        Problems.Of(
            404,
            "share_link_invalid",
            "This link is not valid",
            "It was revoked, has expired or never existed.",
            "Ask the person who sent it for a new one."
        );
}
