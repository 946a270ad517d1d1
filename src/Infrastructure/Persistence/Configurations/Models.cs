using GpuGeek.Domain.Datasets;
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
        builder
            .HasIndex(v => new
            {
                v.OrgId,
                v.ModelId,
                v.Number,
            })
            .IsUnique();
        builder.HasIndex(v => new { v.OrgId, v.RunId }).IsUnique();
        builder.HasOne<Model>().WithMany().HasForeignKey(v => new { v.OrgId, v.ModelId }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Run>().WithMany().HasForeignKey(v => new { v.OrgId, v.RunId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class EvaluationConfiguration : IEntityTypeConfiguration<Evaluation>
{
    public void Configure(EntityTypeBuilder<Evaluation> builder)
    {
        builder.ToTable("evaluations");
        builder.HasKey(e => new { e.OrgId, e.Id });
        builder.Property(e => e.Split).HasMaxLength(5);
        builder.Property(e => e.Classes).AsJson();
        builder.Property(e => e.ClassKey).HasMaxLength(32);
        builder.Property(e => e.PredictionsHash).HasMaxLength(64).IsFixedLength();
        // The same question has one answer.
        builder
            .HasIndex(e => new
            {
                e.OrgId,
                e.ModelVersionId,
                e.DatasetVersionId,
                e.Split,
                e.ClassKey,
            })
            .IsUnique();
        builder.HasIndex(e => new { e.OrgId, e.DatasetVersionId });
        builder.HasOne<ModelVersion>().WithMany().HasForeignKey(e => new { e.OrgId, e.ModelVersionId }).OnDelete(DeleteBehavior.Cascade);
        builder
            .HasOne<DatasetVersion>()
            .WithMany()
            .HasForeignKey(e => new { e.OrgId, e.DatasetVersionId })
            .OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ModelAliasConfiguration : IEntityTypeConfiguration<ModelAlias>
{
    public void Configure(EntityTypeBuilder<ModelAlias> builder)
    {
        builder.ToTable("model_aliases");
        builder.HasKey(a => new { a.OrgId, a.Id });
        builder.Property(a => a.Name).HasMaxLength(63);
        builder
            .HasIndex(a => new
            {
                a.OrgId,
                a.ModelId,
                a.Name,
            })
            .IsUnique();
        builder.HasIndex(a => new { a.OrgId, a.ModelVersionId });
        builder.HasOne<Model>().WithMany().HasForeignKey(a => new { a.OrgId, a.ModelId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<ModelVersion>().WithMany().HasForeignKey(a => new { a.OrgId, a.ModelVersionId }).OnDelete(DeleteBehavior.Cascade);
    }
}
