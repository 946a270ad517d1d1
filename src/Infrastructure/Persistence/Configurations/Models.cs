using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class ModelConfiguration : IEntityTypeConfiguration<Model>
{
    public void Configure(EntityTypeBuilder<Model> builder)
    {
        builder.ToTable("models");
        builder.HasKey(m => new { m.OrgId, m.Id });
        builder.Property(m => m.Name).HasMaxLength(63);
        builder.HasIndex(m => new { m.OrgId, m.Name }).IsUnique().HasFilter("deletion_id IS NULL");
        builder.HasOne<Project>().WithMany().HasForeignKey(m => new { m.OrgId, m.ProjectId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ModelVersionConfiguration : IEntityTypeConfiguration<ModelVersion>
{
    public void Configure(EntityTypeBuilder<ModelVersion> builder)
    {
        builder.ToTable("model_versions");
        builder.HasKey(v => new { v.OrgId, v.Id });
        builder.Property(v => v.Architecture).HasMaxLength(50);
        builder.Property(v => v.Manifest).AsJson();
        builder.Property(v => v.Result).AsJson();
        builder.Property(v => v.OnnxHash).HasMaxLength(64).IsFixedLength();
        builder.Property(v => v.PredictionsHash).HasMaxLength(64).IsFixedLength();
        builder.Property(v => v.WeightsHash).HasMaxLength(64).IsFixedLength();
        builder.HasIndex(v => new { v.OrgId, v.ModelId, v.Number }).IsUnique();
        builder.HasIndex(v => new { v.OrgId, v.RunId }).IsUnique();
        builder.HasOne<Model>().WithMany().HasForeignKey(v => new { v.OrgId, v.ModelId }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Run>().WithMany().HasForeignKey(v => new { v.OrgId, v.RunId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class UploadedWeightsConfiguration : IEntityTypeConfiguration<UploadedWeights>
{
    public void Configure(EntityTypeBuilder<UploadedWeights> builder)
    {
        builder.ToTable("weights_files");
        builder.HasKey(w => new { w.OrgId, w.Id });
        builder.Property(w => w.FileName).HasMaxLength(255);
        builder.Property(w => w.Asked).HasMaxLength(50);
        builder.Property(w => w.State).AsText();
        builder.Property(w => w.ContentHash).HasMaxLength(64).IsFixedLength();
        builder.Property(w => w.Report).AsJson();
        builder.Property(w => w.Error).AsJson();
        builder.Property(w => w.Owner).HasMaxLength(200);
        builder.Property<uint>("xmin").IsRowVersion();
        builder.HasIndex(w => new { w.OrgId, w.ProjectId, w.Id });
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

internal sealed class DeploymentConfiguration : IEntityTypeConfiguration<Deployment>
{
    public void Configure(EntityTypeBuilder<Deployment> builder)
    {
        builder.ToTable("deployments");
        builder.HasKey(d => new { d.OrgId, d.Id });
        builder.Property(d => d.Name).HasMaxLength(63);
        builder.Property(d => d.State).AsText();
        builder.Property(d => d.Error).AsJson();
        builder.Property<uint>("xmin").IsRowVersion();
        builder.HasIndex(d => new { d.OrgId, d.Name }).IsUnique().HasFilter("deletion_id IS NULL");
        builder.HasOne<Project>().WithMany().HasForeignKey(d => new { d.OrgId, d.ProjectId }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ModelVersion>().WithMany().HasForeignKey(d => new { d.OrgId, d.ModelVersionId }).OnDelete(DeleteBehavior.Restrict);
    }
}
