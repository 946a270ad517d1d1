using GpuGeek.Domain.Billing;
using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Tenants;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class PlanConfiguration : IEntityTypeConfiguration<Plan>
{
    public void Configure(EntityTypeBuilder<Plan> builder)
    {
        builder.ToTable("plans");
        builder.HasKey(p => p.Code);
        builder.Property(p => p.Code).HasMaxLength(50);
        builder.Property(p => p.Name).HasMaxLength(100);
        builder.Property(p => p.Kind).AsText();
        builder.Property(p => p.Currency).HasMaxLength(3);
        builder.Property(p => p.PricePerHour).HasPrecision(12, 4);
        builder.Property(p => p.DevicePrices).AsJson().HasDefaultValueSql("'{}'");
        builder.Property(p => p.MonthlyFee).HasPrecision(12, 4);
        builder.Property(p => p.IncludedHours).HasPrecision(12, 4);
        builder.Property<uint>("xmin").IsRowVersion();
    }
}

internal sealed class UsageIntervalConfiguration : IEntityTypeConfiguration<UsageInterval>
{
    public void Configure(EntityTypeBuilder<UsageInterval> builder)
    {
        builder.ToTable("usage_intervals");
        builder.HasKey(u => new { u.OrgId, u.Id });
        builder.Property(u => u.Slot).HasMaxLength(200);
        // Every interval before the column was on a processor.
        builder.Property(u => u.Device).HasMaxLength(DeviceClass.MaxLength).HasDefaultValue(DeviceClass.Cpu);
        builder.Property(u => u.Currency).HasMaxLength(3);
        builder.Property(u => u.PricePerHour).HasPrecision(12, 4);
        builder.Ignore(u => u.ChargedSeconds).Ignore(u => u.Cost);
        builder
            .HasIndex(u => new
            {
                u.OrgId,
                u.RunId,
                u.Fence,
            })
            .IsUnique();
        builder.HasIndex(u => new { u.OrgId, u.StartedAt });
        // No foreign key to the run: the charge stays on the bill when the run is deleted.
        builder.HasOne<Organization>().WithMany().HasForeignKey(u => u.OrgId).OnDelete(DeleteBehavior.Restrict);
        builder.Property(u => u.RunName).HasMaxLength(100);
    }
}
