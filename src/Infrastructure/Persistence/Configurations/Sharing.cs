using GpuGeek.Domain.Models;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Sharing;
using GpuGeek.Infrastructure.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class ShareLinkConfiguration : IEntityTypeConfiguration<ShareLink>
{
    public void Configure(EntityTypeBuilder<ShareLink> builder)
    {
        builder.ToTable(
            "share_links",
            table => table.HasCheckConstraint("ck_share_links_subject", "num_nonnulls(run_id, model_version_id) = 1")
        );
        builder.HasKey(l => new { l.OrgId, l.Id });
        builder.HasIndex(l => l.Hash);
        builder.HasIndex(l => new
        {
            l.OrgId,
            l.ProjectId,
            l.Id,
        });
        builder.HasIndex(l => new { l.OrgId, l.RunId });
        builder.HasIndex(l => new { l.OrgId, l.ModelVersionId });
        // The link is deleted with the shared run or model version.
        builder.HasOne<Project>().WithMany().HasForeignKey(l => new { l.OrgId, l.ProjectId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Run>().WithMany().HasForeignKey(l => new { l.OrgId, l.RunId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<ModelVersion>().WithMany().HasForeignKey(l => new { l.OrgId, l.ModelVersionId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<ApplicationUser>().WithMany().HasForeignKey(l => l.CreatedBy).OnDelete(DeleteBehavior.Cascade);
    }
}
