using GpuGeek.Domain.Comments;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class CommentConfiguration : IEntityTypeConfiguration<Comment>
{
    public void Configure(EntityTypeBuilder<Comment> builder)
    {
        builder.ToTable(
            "comments",
            table => table.HasCheckConstraint("ck_comments_subject", "num_nonnulls(run_id, dataset_version_id, model_version_id) = 1")
        );
        builder.HasKey(c => new { c.OrgId, c.Id });
        builder.Property(c => c.AuthorName).HasMaxLength(100);
        builder.Property(c => c.Text).HasMaxLength(Comment.MaxLength);
        builder.Property(c => c.Mentions).AsJson();
        builder.HasIndex(c => new
        {
            c.OrgId,
            c.ProjectId,
            c.Id,
        });
        builder.HasIndex(c => new
        {
            c.OrgId,
            c.RunId,
            c.Id,
        });
        builder.HasIndex(c => new
        {
            c.OrgId,
            c.DatasetVersionId,
            c.Id,
        });
        builder.HasIndex(c => new
        {
            c.OrgId,
            c.ModelVersionId,
            c.Id,
        });
        // No foreign key to the author: the comment outlives the account.
        builder.HasOne<Project>().WithMany().HasForeignKey(c => new { c.OrgId, c.ProjectId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Run>().WithMany().HasForeignKey(c => new { c.OrgId, c.RunId }).OnDelete(DeleteBehavior.Cascade);
        builder
            .HasOne<DatasetVersion>()
            .WithMany()
            .HasForeignKey(c => new { c.OrgId, c.DatasetVersionId })
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<ModelVersion>().WithMany().HasForeignKey(c => new { c.OrgId, c.ModelVersionId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class MentionConfiguration : IEntityTypeConfiguration<Mention>
{
    public void Configure(EntityTypeBuilder<Mention> builder)
    {
        builder.ToTable("mentions");
        builder.HasKey(m => new { m.OrgId, m.Id });
        builder
            .HasIndex(m => new
            {
                m.OrgId,
                m.CommentId,
                m.UserId,
            })
            .IsUnique();
        builder.HasIndex(m => new
        {
            m.OrgId,
            m.UserId,
            m.Id,
        });
        builder.HasOne<Comment>().WithMany().HasForeignKey(m => new { m.OrgId, m.CommentId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<ApplicationUser>().WithMany().HasForeignKey(m => m.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
