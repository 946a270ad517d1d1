using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Comments;
using GpuGeek.Domain.Comments;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Comments;

/// <summary>Every member can comment, viewers too, because a comment changes no data. Keys can comment if they can write. Only the author
/// can change a comment.</summary>
internal static class CommentEndpoints
{
    public static void MapComments(this IEndpointRouteBuilder routes)
    {
        CommentLists.Map(routes);
        MentionEndpoints.Map(routes);
        var group = routes.MapOrg("/comments/{comment:guid}").WithTags("Comments");
        group.MapGet("", GetAsync).Needs(Role.Viewer, null).WithName("GetComment");
        group.MapPatch("", UpdateAsync).Needs(Role.Viewer, null).WithName("UpdateComment");
        group.MapDelete("", DeleteAsync).Needs(Role.Viewer, null).WithName("DeleteComment");
    }

    /// <summary>Get a comment</summary>
    private static async Task<Results<Ok<CommentResponse>, ProblemHttpResult>> GetAsync(
        Guid comment,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await VisibleComments.Of(db).AsNoTracking().FirstOrDefaultAsync(c => c.Id == comment, cancellationToken) is { } row
            ? TypedResults.Ok(row.ToResponse())
            : Problems.NotFound();

    /// <summary>Change one's own comment</summary>
    private static async Task<Results<Ok<CommentResponse>, ProblemHttpResult>> UpdateAsync(
        Guid comment,
        UpdateCommentRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await VisibleComments.Of(db).FirstOrDefaultAsync(c => c.Id == comment, cancellationToken) is not { } row)
            return Problems.NotFound();
        if (row.AuthorId != tenant.UserId)
            return Problems.Forbidden("not_yours", "Only the author can change a comment.", "Reply with a new comment.");
        var text = Comment.Clean(request.Text);
        CommentWriter.Describe(change, text);
        if (row.Text == text)
            change.NoChange();
        else
            row.EditedAt = clock.GetUtcNow();
        row.Text = text;
        row.Mentions = MentionFinder.Find(text, await CommentWriter.MembersAsync(db, tenant, cancellationToken));
        await CommentWriter.NotifyAsync(db, row, clock.GetUtcNow(), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(row.ToResponse());
    }

    /// <summary>Delete one's own comment; admins can delete any comment</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid comment,
        Tenant tenant,
        GpuGeekDbContext db,
        Change change,
        CancellationToken cancellationToken
    )
    {
        if (await VisibleComments.Of(db).FirstOrDefaultAsync(c => c.Id == comment, cancellationToken) is not { } row)
        {
            change.NoChange();
            return TypedResults.NoContent();
        }
        if (row.AuthorId != tenant.UserId && tenant.Role < Role.Admin)
            return Problems.Forbidden("not_yours", "Only the author or an admin can delete a comment.", "Ask one of them.");
        change.Describe(new { Author = row.AuthorName });
        db.Comments.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}

internal static class CommentMapping
{
    public static CommentResponse ToResponse(this Comment c) =>
        new(
            c.Id,
            c.AuthorId,
            c.AuthorName,
            c.Text,
            [.. c.Mentions.Select(m => new MentionSpanResponse(m.User, m.Name, m.Start, m.Length))],
            c.CreatedAt,
            c.EditedAt
        );
}
