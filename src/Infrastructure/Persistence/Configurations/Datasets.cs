using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Projects;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class DatasetConfiguration : IEntityTypeConfiguration<Dataset>
{
    public void Configure(EntityTypeBuilder<Dataset> builder)
    {
        builder.ToTable("datasets");
        builder.HasKey(d => new { d.OrgId, d.Id });
        builder.Property(d => d.Name).HasMaxLength(100);
        builder
            .HasIndex(d => new
            {
                d.OrgId,
                d.ProjectId,
                d.Name,
            })
            .IsUnique()
            .HasFilter("deletion_id IS NULL");
        builder.HasOne<Project>().WithMany().HasForeignKey(d => new { d.OrgId, d.ProjectId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class DatasetClassConfiguration : IEntityTypeConfiguration<DatasetClass>
{
    public void Configure(EntityTypeBuilder<DatasetClass> builder)
    {
        builder.ToTable("dataset_classes");
        builder.HasKey(c => new { c.OrgId, c.Id });
        builder.Property(c => c.Name).HasMaxLength(DatasetClass.MaxNameLength);
        builder
            .HasIndex(c => new
            {
                c.OrgId,
                c.DatasetId,
                c.Name,
            })
            .IsUnique();
        builder.HasOne<Dataset>().WithMany().HasForeignKey(c => new { c.OrgId, c.DatasetId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class DatasetImageConfiguration : IEntityTypeConfiguration<DatasetImage>
{
    public void Configure(EntityTypeBuilder<DatasetImage> builder)
    {
        builder.ToTable("dataset_images");
        builder.HasKey(i => new { i.OrgId, i.Id });
        builder.Property(i => i.Hash).HasMaxLength(64).IsFixedLength();
        builder.Property(i => i.FileName).HasMaxLength(500);
        builder.Property(i => i.Split).HasMaxLength(5);
        builder.Property(i => i.GroupName).HasMaxLength(DatasetImage.MaxGroupLength);
        builder.Property(i => i.Format).HasMaxLength(10);
        builder
            .HasIndex(i => new
            {
                i.OrgId,
                i.DatasetId,
                i.Hash,
            })
            .IsUnique();
        builder.HasIndex(i => new
        {
            i.OrgId,
            i.DatasetId,
            i.Id,
        });
        builder.HasIndex(i => new
        {
            i.OrgId,
            i.DatasetId,
            i.FileName,
            i.Id,
        });
        builder.HasIndex(i => new
        {
            i.OrgId,
            i.DatasetId,
            i.Bytes,
            i.Id,
        });
        builder.HasIndex(i => new
        {
            i.OrgId,
            i.ClassId,
            i.Id,
        });
        // Few are, so that a list of them does not look through all others.
        builder
            .HasIndex(i => new
            {
                i.OrgId,
                i.DatasetId,
                i.IsArchived,
                i.Id,
            })
            .HasFilter("is_archived");
        builder
            .HasIndex(i => new
            {
                i.OrgId,
                i.DatasetId,
                i.ClassId,
                i.Id,
            })
            .HasFilter("class_id IS NULL");
        builder.HasIndex(i => i.FileName).HasMethod("gin").HasOperators("gin_trgm_ops");
        builder.HasIndex(i => new { i.OrgId, i.ImportId });
        builder.HasOne<Dataset>().WithMany().HasForeignKey(i => new { i.OrgId, i.DatasetId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<DatasetClass>().WithMany().HasForeignKey(i => new { i.OrgId, i.ClassId }).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class DatasetCountConfiguration : IEntityTypeConfiguration<DatasetCount>
{
    public void Configure(EntityTypeBuilder<DatasetCount> builder)
    {
        builder.ToTable("dataset_counts");
        builder.HasKey(c => new { c.OrgId, c.Id });
        builder.Property(c => c.Id).UseIdentityAlwaysColumn();
        builder.Property(c => c.Split).HasMaxLength(5);
        builder.HasIndex(c => new { c.OrgId, c.DatasetId });
        // Not to the class: the rows of one that was merged away add up to nothing.
        builder.HasOne<Dataset>().WithMany().HasForeignKey(c => new { c.OrgId, c.DatasetId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ImageEditConfiguration : IEntityTypeConfiguration<ImageEdit>
{
    public void Configure(EntityTypeBuilder<ImageEdit> builder)
    {
        builder.ToTable("image_edits");
        builder.HasKey(e => new { e.OrgId, e.Id });
        builder.Property(e => e.Split).HasMaxLength(5);
        builder.Property(e => e.GroupName).HasMaxLength(DatasetImage.MaxGroupLength);
        builder.HasIndex(e => e.CreatedAt);
        builder.HasOne<Dataset>().WithMany().HasForeignKey(e => new { e.OrgId, e.DatasetId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ImportConfiguration : IEntityTypeConfiguration<Import>
{
    public void Configure(EntityTypeBuilder<Import> builder)
    {
        builder.ToTable("imports");
        builder.HasKey(i => new { i.OrgId, i.Id });
        builder.Property(i => i.Source).AsText();
        builder.Property(i => i.State).AsText();
        builder.Property(i => i.FileName).HasMaxLength(255);
        builder.Property(i => i.Fingerprint).HasMaxLength(Import.MaxFingerprintLength);
        builder.Property(i => i.Error).AsJson();
        builder.Property(i => i.LabelsName).HasMaxLength(255);
        builder.Property(i => i.OnExisting).AsText().HasDefaultValue(OnExisting.Keep);
        builder.Property(i => i.Review).AsText().HasDefaultValue(ImportReview.Never);
        builder.Property(i => i.Classes).AsJson().HasDefaultValueSql("'{}'");
        builder.Property(i => i.Findings).AsJson();
        builder.Property<uint>("xmin").IsRowVersion();
        builder.HasIndex(i => new
        {
            i.OrgId,
            i.DatasetId,
            i.Id,
        });
        builder.HasIndex(i => i.State);
        builder.HasOne<Dataset>().WithMany().HasForeignKey(i => new { i.OrgId, i.DatasetId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class SkippedFileConfiguration : IEntityTypeConfiguration<SkippedFile>
{
    public void Configure(EntityTypeBuilder<SkippedFile> builder)
    {
        builder.ToTable("skipped_files");
        builder.HasKey(s => new { s.OrgId, s.Id });
        builder.Property(s => s.Path).HasMaxLength(1000);
        builder.Property(s => s.Code).HasMaxLength(50);
        builder.HasIndex(s => new
        {
            s.OrgId,
            s.ImportId,
            s.Id,
        });
        builder.HasOne<Import>().WithMany().HasForeignKey(s => new { s.OrgId, s.ImportId }).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class DatasetVersionConfiguration : IEntityTypeConfiguration<DatasetVersion>
{
    public void Configure(EntityTypeBuilder<DatasetVersion> builder)
    {
        builder.ToTable("dataset_versions");
        builder.HasKey(v => new { v.OrgId, v.Id });
        builder.Property(v => v.ManifestHash).HasMaxLength(64).IsFixedLength();
        builder.Property(v => v.Counts).AsJson();
        builder.Property(v => v.Fractions).AsJson();
        builder.Property(v => v.Note).HasMaxLength(DatasetVersion.MaxNoteLength);
        builder.Property(v => v.Samples).HasDefaultValueSql("ARRAY[]::text[]");
        builder
            .HasIndex(v => new
            {
                v.OrgId,
                v.DatasetId,
                v.Number,
            })
            .IsUnique();
        builder
            .HasIndex(v => new
            {
                v.OrgId,
                v.DatasetId,
                v.ManifestHash,
            })
            .IsUnique();
        builder.HasOne<Dataset>().WithMany().HasForeignKey(v => new { v.OrgId, v.DatasetId }).OnDelete(DeleteBehavior.Restrict);
    }
}
