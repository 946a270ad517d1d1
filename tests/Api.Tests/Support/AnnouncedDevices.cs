using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Support;

internal static class AnnouncedDevices
{
    /// <summary>As a worker would. Everybody sees it, so each test names classes of its own and deletes what it announced.</summary>
    public static async Task AnnounceAsync(
        this ApiApplication app,
        string worker,
        string deviceClass,
        string? name = null,
        int slots = 1,
        string device = "GPU-0",
        string model = "NVIDIA A30",
        TimeSpan ago = default
    )
    {
        await using var db = app.SystemDatabase();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO worker_devices (worker, device, class, class_name, model, memory_bytes, driver, libtorch, slots, seen_at)
            VALUES ({worker}, {device}, {deviceClass}, {name}, {model}, 25769803776, '550.54.15', '2.10.0+cuda', {slots},
                clock_timestamp() - {ago})
            """,
            ApiApplication.Cancel
        );
    }
}
