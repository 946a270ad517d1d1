using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Weights;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class UploadedWeightsConfiguration : IEntityTypeConfiguration<UploadedWeights>
{
    public void Configure(EntityTypeBuilder<UploadedWeights> builder)
    {
        builder.ToTable("uploaded_weights");
        builder.HasKey(w => new { w.OrgId, w.Id });
        builder.Property(w => w.FileName).HasMaxLength(255);
        builder.Property(w => w.Asked).HasMaxLength(50);
        builder.Property(w => w.State).AsText();
        builder.Property(w => w.ContentHash).HasMaxLength(64).IsFixedLength();
        builder.Property(w => w.Report).AsJson();
        builder.Property(w => w.Error).AsJson();
        builder.Property<uint>("xmin").IsRowVersion();
        builder.HasIndex(w => new
        {
            w.OrgId,
            w.ProjectId,
            w.Id,
        });
        builder.HasIndex(w => w.State);
        builder.HasOne<Project>().WithMany().HasForeignKey(w => new { w.OrgId, w.ProjectId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class WorkerWeightsConfiguration : IEntityTypeConfiguration<WorkerWeights>
{
    public void Configure(EntityTypeBuilder<WorkerWeights> builder)
    {
        builder.ToTable("worker_weights");
        builder.HasKey(w => w.Worker);
    }
}
