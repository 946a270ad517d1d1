using GpuGeek.Domain.Devices;
using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Shared;

internal static class LiveDevices
{
    /// <summary>What workers that are connected announce. The role of requests may not read every column: select what is needed.</summary>
    public static IQueryable<WorkerDevice> Announced(this GpuGeekDbContext db) =>
        db.WorkerDevices.Where(d => d.SeenAt > DatabaseClock.Now() - WorkerDevice.CountsFor);
}
