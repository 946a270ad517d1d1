using GpuGeek.Domain.Devices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class WorkerDeviceConfiguration : IEntityTypeConfiguration<WorkerDevice>
{
    public void Configure(EntityTypeBuilder<WorkerDevice> builder)
    {
        builder.ToTable("worker_devices");
        builder.HasKey(d => new { d.Worker, d.Device });
        builder.Property(d => d.Device).HasMaxLength(WorkerDevice.LongestText);
        builder.Property(d => d.Class).HasMaxLength(DeviceClass.MaxLength);
        builder.Property(d => d.ClassName).HasMaxLength(DeviceClass.MaxLength);
        builder.Property(d => d.Model).HasMaxLength(WorkerDevice.LongestText);
        builder.Property(d => d.Driver).HasMaxLength(WorkerDevice.LongestText);
        builder.Property(d => d.Libtorch).HasMaxLength(WorkerDevice.LongestText);
    }
}
