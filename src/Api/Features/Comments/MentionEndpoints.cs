using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Comments;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Comments;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Comments;

/// <summary>The comments that name the caller: a person's own, so no key reads them, and reading them is no change of the
/// organisation.</summary>
internal static class MentionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapOrg("/mentions").WithTags("Comments");
        group.MapGet("", ListAsync).Needs(Role.Viewer, null).WithName("ListMentions");
        group.MapGet("/unread", CountAsync).Needs(Role.Viewer, null).WithName("CountUnreadMentions");
        group.MapPost("/read", ReadAsync).Needs(Role.Viewer, null).WithoutChangeFilter().WithName("ReadMentions");
    }

    /// <summary>The comments that name the caller, newest first</summary>
    private static async Task<Ok<Page<MentionResponse>>> ListAsync(
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await (
            from mention in Own(db, tenant)
            join comment in VisibleComments.Of(db) on mention.CommentId equals comment.Id
            join project in db.Projects on comment.ProjectId equals project.Id
            where last == null || mention.Id < last
            orderby mention.Id descending
            select new
            {
                mention,
                comment,
                project.Slug,
            }
        )
            .AsNoTracking()
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var names = await SubjectNames.ReadAsync(
            db,
            rows.Select(r => r.comment.RunId),
            rows.Select(r => r.comment.DatasetVersionId),
            rows.Select(r => r.comment.ModelVersionId),
            cancellationToken
        );
        return TypedResults.Ok(Paging.Of(rows, size, r => r.mention.Id.ToString(), r => Response(r.mention, r.comment, r.Slug, names)));
    }

    /// <summary>How many of them the caller has not read</summary>
    private static async Task<Ok<UnreadMentionsResponse>> CountAsync(
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await UnreadAsync(db, tenant, cancellationToken));

    /// <summary>Mark one of them as read, or all; answers how many are left</summary>
    private static async Task<Ok<UnreadMentionsResponse>> ReadAsync(
        ReadMentionsRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        await Own(db, tenant)
            .Where(m => m.ReadAt == null && (request.Mention == null || m.Id == request.Mention))
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.ReadAt, now), cancellationToken);
        return TypedResults.Ok(await UnreadAsync(db, tenant, cancellationToken));
    }

    private static IQueryable<Mention> Own(GpuGeekDbContext db, Tenant tenant) => db.Mentions.Where(m => m.UserId == tenant.UserId);

    private static async Task<UnreadMentionsResponse> UnreadAsync(
        GpuGeekDbContext db,
        Tenant tenant,
        CancellationToken cancellationToken
    ) =>
        new(
            await Own(db, tenant)
                .CountAsync(m => m.ReadAt == null && VisibleComments.Of(db).Any(c => c.Id == m.CommentId), cancellationToken)
        );

    private static MentionResponse Response(Mention mention, Comment c, string project, SubjectNames names) =>
        new(
            mention.Id,
            c.ToResponse(),
            project,
            names.Of(c.RunId, c.DatasetVersionId, c.ModelVersionId),
            c.RunId,
            c.DatasetVersionId is { } v ? names.DatasetVersions.GetValueOrDefault(v).Ref : null,
            c.ModelVersionId is { } m ? names.ModelVersions.GetValueOrDefault(m) : null,
            mention.ReadAt
        );
}
