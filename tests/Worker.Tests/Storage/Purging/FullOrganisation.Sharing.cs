using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Worker.Tests.Storage.Purging;

internal sealed partial class FullOrganisation
{
    private async Task AddSharingAsync(GpuGeekDbContext db, Guid project, Guid version, Guid run)
    {
        var comment = NewId();
        db.ShareLinks.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                ProjectId = project,
                Hash = run.ToByteArray(),
                RunId = run,
                CreatedBy = _user,
                CreatedAt = Now,
                ExpiresAt = Now,
            }
        );
        db.Comments.Add(
            new()
            {
                OrgId = Id,
                Id = comment,
                ProjectId = project,
                DatasetVersionId = version,
                AuthorId = _user,
                AuthorName = "Ann",
                Text = "Look",
                Mentions = [],
                CreatedAt = Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        db.Mentions.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                CommentId = comment,
                UserId = _user,
            }
        );
        await db.SaveChangesAsync(Cancel);
    }
}
