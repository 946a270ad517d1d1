using GpuGeek.Domain.Recipes;
using GpuGeek.Domain.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class NamedRecipeConfiguration : IEntityTypeConfiguration<NamedRecipe>
{
    public void Configure(EntityTypeBuilder<NamedRecipe> builder)
    {
        builder.ToTable("recipes");
        builder.HasKey(r => new { r.OrgId, r.Id });
        builder.Property(r => r.Name).HasMaxLength(63);
        builder.Property(r => r.Recipe).AsJson();
        builder.Property(r => r.Note).HasMaxLength(500);
        builder.Property(r => r.CreatedByName).HasMaxLength(100);
        builder
            .HasIndex(r => new
            {
                r.OrgId,
                r.Name,
                r.Number,
            })
            .IsUnique();
        builder.HasOne<Organization>().WithMany().HasForeignKey(r => r.OrgId).OnDelete(DeleteBehavior.Cascade);
    }
}
