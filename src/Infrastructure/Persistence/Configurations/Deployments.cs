using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Projects;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class DeploymentConfiguration : IEntityTypeConfiguration<Deployment>
{
    public void Configure(EntityTypeBuilder<Deployment> builder)
    {
        builder.ToTable("deployments");
        builder.HasKey(d => new { d.OrgId, d.Id });
        builder.Property(d => d.Name).HasMaxLength(63);
        builder.Property(d => d.Alias).HasMaxLength(63);
        builder.Property(d => d.State).AsText();
        builder.Ignore(d => d.Target);
        builder.Property(d => d.Replicas).HasDefaultValue(1);
        builder.Property(d => d.PlacedOn).HasDefaultValueSql("'{}'");
        builder.Property(d => d.LoadedOn).HasDefaultValueSql("'{}'");
        builder.Property(d => d.Error).AsJson();
        builder.Property<uint>("xmin").IsRowVersion();
        builder.HasIndex(d => new { d.OrgId, d.Name }).IsUnique().HasFilter("deletion_id IS NULL");
        builder.HasOne<Project>().WithMany().HasForeignKey(d => new { d.OrgId, d.ProjectId }).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<ModelVersion>().WithMany().HasForeignKey(d => new { d.OrgId, d.ModelVersionId }).OnDelete(DeleteBehavior.Restrict);
    }
}
