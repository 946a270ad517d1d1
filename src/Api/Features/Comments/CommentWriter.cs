using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Domain.Comments;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Comments;

/// <summary>The subject of a comment.</summary>
internal sealed record CommentSubject(Guid Project, Guid? Run = null, Guid? DatasetVersion = null, Guid? ModelVersion = null);

internal static class CommentWriter
{
    public static async Task<Comment> AddAsync(
        GpuGeekDbContext db,
        Tenant tenant,
        CommentSubject subject,
        string text,
        Change change,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        text = Comment.Clean(text);
        Describe(change, text);
        var members = await MembersAsync(db, tenant, cancellationToken);
        var comment = new Comment
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            ProjectId = subject.Project,
            RunId = subject.Run,
            DatasetVersionId = subject.DatasetVersion,
            ModelVersionId = subject.ModelVersion,
            AuthorId = tenant.UserId,
            AuthorName = members.Find(m => m.User == tenant.UserId)!.Name,
            Text = text,
            Mentions = MentionFinder.Find(text, members),
            CreatedAt = now,
        };
        db.Comments.Add(comment);
        await NotifyAsync(db, comment, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return comment;
    }

    /// <summary>The audit log records that somebody commented, but not the text: a deleted comment leaves no copy.</summary>
    public static void Describe(Change change, string text) => change.Describe(new { Characters = text.Length });

    public static Task<List<Mentionable>> MembersAsync(GpuGeekDbContext db, Tenant tenant, CancellationToken cancellationToken) =>
        (
            from member in db.Members
            join user in db.Users on member.UserId equals user.Id
            where member.OrgId == tenant.OrgId
            select new Mentionable(user.Id, user.DisplayName, user.Email!)
        ).ToListAsync(cancellationToken);

    /// <summary>Each who is named hears of it once; who is named no longer, not at all. Nobody is told of the own words.</summary>
    public static async Task NotifyAsync(GpuGeekDbContext db, Comment comment, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var named = comment.Mentions.Select(m => m.User).Where(u => u != comment.AuthorId).ToHashSet();
        var told = await db.Mentions.Where(m => m.CommentId == comment.Id).ToListAsync(cancellationToken);
        db.Mentions.RemoveRange(told.Where(m => !named.Contains(m.UserId)));
        db.Mentions.AddRange(
            named
                .Except(told.Select(m => m.UserId))
                .Select(user => new Mention
                {
                    OrgId = comment.OrgId,
                    Id = Guid.CreateVersion7(now),
                    CommentId = comment.Id,
                    UserId = user,
                })
        );
    }
}
