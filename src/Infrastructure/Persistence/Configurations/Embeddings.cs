using GpuGeek.Domain.Embeddings;
using GpuGeek.Domain.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class EmbeddingConfiguration : IEntityTypeConfiguration<Embedding>
{
    public void Configure(EntityTypeBuilder<Embedding> builder)
    {
        builder.ToTable("embeddings");
        builder.HasKey(e => new
        {
            e.OrgId,
            e.Backbone,
            e.Picture,
            e.View,
        });
        builder.HasIndex(e => new { e.OrgId, e.Picture });
        builder.HasIndex(e => new { e.OrgId, e.UsedAt });
        builder.HasOne<Organization>().WithMany().HasForeignKey(e => e.OrgId).OnDelete(DeleteBehavior.Cascade);
    }
}
