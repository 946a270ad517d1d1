using GpuGeek.Domain.Common;
using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class RunConfiguration : IEntityTypeConfiguration<Run>
{
    public void Configure(EntityTypeBuilder<Run> builder)
    {
        builder.ToTable("runs");
        builder.HasKey(r => new { r.OrgId, r.Id });
        builder.Property(r => r.Name).HasMaxLength(100);
        builder.Property(r => r.State).AsText();
        builder.Property(r => r.Phase).HasMaxLength(30);
        builder.Property(r => r.Recipe).AsJson();
        builder.Property(r => r.StartHash).HasMaxLength(64).IsFixedLength();
        builder.Property(r => r.Device).HasMaxLength(DeviceClass.MaxLength);
        builder.Property(r => r.Error).AsJson();
        builder.Property(r => r.Result).AsJson();
        builder.Property(r => r.CheckpointKey).HasMaxLength(300);
        builder.Property(r => r.TraceParent).HasMaxLength(TraceParent.Length);
        builder.HasIndex(r => new
        {
            r.OrgId,
            r.ProjectId,
            r.Id,
        });
        builder.HasIndex(r => r.State);
        builder.HasOne<Project>().WithMany().HasForeignKey(r => new { r.OrgId, r.ProjectId }).OnDelete(DeleteBehavior.Restrict);
        builder.Property(r => r.DatasetName).HasMaxLength(100);
        builder.HasIndex(r => new { r.OrgId, r.DatasetVersionId });
    }
}

internal sealed class RunLeaseConfiguration : IEntityTypeConfiguration<RunLease>
{
    public void Configure(EntityTypeBuilder<RunLease> builder)
    {
        builder.ToTable("run_leases");
        builder.HasKey(l => new { l.OrgId, l.RunId });
        builder.Property(l => l.Owner).HasMaxLength(200);
        builder.HasIndex(l => l.Until);
        builder.HasOne<Run>().WithOne().HasForeignKey<RunLease>(l => new { l.OrgId, l.RunId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class MetricPointConfiguration : IEntityTypeConfiguration<MetricPoint>
{
    public void Configure(EntityTypeBuilder<MetricPoint> builder)
    {
        builder.ToTable("metric_points");
        builder.HasKey(p => new
        {
            p.OrgId,
            p.RunId,
            p.Name,
            p.Step,
        });
        builder.Property(p => p.Name).HasMaxLength(60);
        builder
            .HasIndex(p => new
            {
                p.OrgId,
                p.RunId,
                p.Seq,
            })
            .IsUnique();
        builder.HasOne<Run>().WithMany().HasForeignKey(p => new { p.OrgId, p.RunId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RunLogLineConfiguration : IEntityTypeConfiguration<RunLogLine>
{
    public void Configure(EntityTypeBuilder<RunLogLine> builder)
    {
        builder.ToTable("run_log_lines");
        builder.HasKey(l => new
        {
            l.OrgId,
            l.RunId,
            l.Seq,
        });
        builder.Property(l => l.Level).HasMaxLength(10);
        builder.Property(l => l.Message).HasMaxLength(4000);
        builder.HasOne<Run>().WithMany().HasForeignKey(l => new { l.OrgId, l.RunId }).OnDelete(DeleteBehavior.Cascade);
    }
}
