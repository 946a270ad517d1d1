using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Devices;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Devices;

internal static class DeviceEndpoints
{
    public static void MapDevices(this IEndpointRouteBuilder routes)
    {
        routes.MapOrg("/devices").WithTags("Devices").MapGet("", ListAsync).Needs(Role.Viewer, Scopes.RunsRead).WithName("ListDevices");
        routes
            .MapGet("/api/v1/workers", ListWorkersAsync)
            .RequireAuthorization(AuthSetup.OperatorPolicy)
            .WithTags("Devices")
            .WithName("ListWorkers");
    }

    /// <summary>List the classes of devices that runs can ask for</summary>
    /// <remarks>Those that connected workers announce. A run may ask for another one: it waits until a worker has it.</remarks>
    private static async Task<Ok<Page<DeviceClassResponse>>> ListAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        var devices = await db.Announced()
            .Select(d => new
            {
                d.Class,
                d.ClassName,
                d.Model,
                d.Slots,
            })
            .ToListAsync(cancellationToken);
        var classes = devices
            .SelectMany(d => d.ClassName is null ? [d.Class] : new[] { d.Class, d.ClassName }, (d, name) => (Name: name, Device: d))
            .GroupBy(c => c.Name, c => c.Device, StringComparer.Ordinal)
            .OrderBy(c => c.Key, StringComparer.Ordinal)
            .Select(c => new DeviceClassResponse(
                c.Key,
                [.. c.Select(d => d.Model).Distinct().Order(StringComparer.Ordinal)],
                c.Sum(d => d.Slots)
            ));
        return TypedResults.Ok(new Page<DeviceClassResponse>([.. classes], null));
    }

    /// <summary>List the connected workers with their devices (operator)</summary>
    private static async Task<Ok<Page<WorkerDeviceResponse>>> ListWorkersAsync(IDbContexts contexts, CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        var devices = await db.Announced()
            .OrderBy(d => d.Worker)
            .ThenBy(d => d.Device)
            .Select(d => new WorkerDeviceResponse(
                d.Worker,
                d.Device,
                d.Class,
                d.ClassName,
                d.Model,
                d.MemoryBytes,
                d.Driver,
                d.Libtorch,
                d.Slots,
                d.SeenAt
            ))
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<WorkerDeviceResponse>(devices, null));
    }
}
