using System.CommandLine;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Worker.Devices;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>supervise</c>: claims one run, supervises its trainer and writes its rows. A launcher starts it.</summary>
internal static class SuperviseVerb
{
    public static Command Create()
    {
        var run = new Argument<Guid>("run") { Description = "Id of a queued run." };
        var slot = new Option<string?>("--slot") { Description = "Name of the slot in leases and usage; default: this process." };
        var device = new Option<string?>("--device")
        {
            Description = "UUID of the GPU, or 'cpu'; default: the device of the worker's first slot.",
        };
        var command = new Command("supervise", "Claims one run and supervises it until it ends; started by a launcher.")
        {
            run,
            slot,
            device,
        };
        command.SetAction(
            (result, cancellationToken) => RunAsync(result.GetValue(run), result.GetValue(slot), result.GetValue(device), cancellationToken)
        );
        return command;
    }

    private static async Task<int> RunAsync(Guid run, string? slot, string? device, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSupervision(builder.Configuration);
        using var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (OptionsValidationException invalid)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, invalid.Failures));
            return SupervisorExit.Refused;
        }
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var code = await SuperviseAsync(host.Services, run, slot, device, stopping);
        await host.StopAsync(CancellationToken.None);
        return code;
    }

    private static async Task<int> SuperviseAsync(
        IServiceProvider services,
        Guid run,
        string? slot,
        string? device,
        CancellationToken draining
    )
    {
        var devices = services.GetRequiredService<SlotDevices>();
        if ((device is null ? devices.Of(0) : devices.Find(device)) is not { } own)
        {
            await Console.Error.WriteLineAsync($"There is no device {device} here on which slots train.");
            return SupervisorExit.Refused;
        }
        slot ??= $"{Environment.MachineName}/{Environment.ProcessId}/supervisor";
        if (await services.GetRequiredService<RunClaims>().ClaimAsync(run, slot, own, draining) is not { } claim)
        {
            await Console.Error.WriteLineAsync($"Run {run} is not queued, or another worker has claimed it.");
            return SupervisorExit.NotClaimed;
        }
        using var lease = services.GetRequiredService<LeaseKeeper>().Hold(claim);
        await services.GetRequiredService<RunSupervisor>().SuperviseAsync(lease, draining);
        return SupervisorExit.Supervised;
    }
}
