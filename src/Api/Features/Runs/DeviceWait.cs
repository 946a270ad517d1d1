using GpuGeek.Api.Shared;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Runs;

/// <summary>A run may ask for a device that no worker has: one may be started for it. Until then its log says why nothing
/// happens.</summary>
internal static class DeviceWait
{
    public static async Task SayAsync(GpuGeekDbContext db, Run run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (run.Device is not { } wanted)
            return;
        if (!await db.Announced().AnyAsync(d => d.Class == wanted || d.ClassName == wanted, cancellationToken))
            db.RunLogLines.Add(
                new()
                {
                    OrgId = run.OrgId,
                    RunId = run.Id,
                    Seq = ++run.LastSeq,
                    Level = "warning",
                    Message = $"No worker with a device of class '{wanted}' is connected: the run waits.",
                    At = now,
                }
            );
    }
}
