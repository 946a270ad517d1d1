using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class ProjectConfiguration : IEntityTypeConfiguration<Project>
{
    public void Configure(EntityTypeBuilder<Project> builder)
    {
        builder.ToTable("projects");
        builder.HasKey(p => new { p.OrgId, p.Id });
        builder.Property(p => p.Slug).HasMaxLength(63);
        builder.Property(p => p.Name).HasMaxLength(100);
        builder.Property(p => p.Template).HasMaxLength(50);
        builder.Property<uint>("xmin").IsRowVersion();
        builder.HasIndex(p => new { p.OrgId, p.Slug }).IsUnique().HasFilter("deletion_id IS NULL");
        builder.HasOne<Organization>().WithMany().HasForeignKey(p => p.OrgId).OnDelete(DeleteBehavior.Cascade);
    }
}
