using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Projects;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class JobConfiguration : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> builder)
    {
        builder.ToTable("jobs");
        builder.HasKey(j => new { j.OrgId, j.Id });
        builder.Property(j => j.Kind).HasMaxLength(50);
        builder.Property(j => j.Name).HasMaxLength(255);
        builder.Property(j => j.Payload).HasColumnType("jsonb");
        builder.Property(j => j.Result).HasColumnType("jsonb");
        builder.Property(j => j.State).AsText();
        builder.Property(j => j.Error).AsJson();
        builder.Property(j => j.Owner).HasMaxLength(200);
        builder.Property(j => j.TraceParent).HasMaxLength(TraceParent.Length);
        // The claim reads only what waits or runs, however many have ended.
        builder
            .HasIndex(j => new
            {
                j.OrgId,
                j.Priority,
                j.CreatedAt,
            })
            .HasFilter("state IN ('queued', 'running')");
        builder.HasIndex(j => new { j.OrgId, j.ClaimedAt });
        builder.HasIndex(j => new { j.OrgId, j.DatasetId });
        builder.HasIndex(j => new { j.OrgId, j.ProjectId });
        builder.HasOne<Project>().WithMany().HasForeignKey(j => new { j.OrgId, j.ProjectId }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Dataset>().WithMany().HasForeignKey(j => new { j.OrgId, j.DatasetId }).OnDelete(DeleteBehavior.Restrict);
    }
}
