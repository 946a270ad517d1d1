using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class DeletionConfiguration : IEntityTypeConfiguration<Deletion>
{
    public void Configure(EntityTypeBuilder<Deletion> builder)
    {
        builder.ToTable("deletions");
        builder.HasKey(d => new { d.OrgId, d.Id });
        builder.Property(d => d.Kind).AsText();
        builder.Property(d => d.Name).HasMaxLength(100);
        builder.Property(d => d.RequestedByName).HasMaxLength(100);
        builder.HasIndex(d => d.PurgeAt);
        builder.HasOne<Organization>().WithMany().HasForeignKey(d => d.OrgId).OnDelete(DeleteBehavior.Cascade);
    }
}
