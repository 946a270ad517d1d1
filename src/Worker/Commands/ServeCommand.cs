using System.CommandLine;
using GpuGeek.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>worker</c>, which is also the default.</summary>
internal static class ServeCommand
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var command = new Command(
            "worker",
            "Claims trainings and imports and supervises them until SIGTERM. It is configured with GPUGEEK_* variables."
        );
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (NativeCheck.Problem() is { } problem)
            return Refuse(problem);
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddWorker(builder.Configuration);
        using var host = builder.Build();
        try
        {
            var options = host.Services.GetRequiredService<IOptions<WorkerOptions>>().Value;
            using var one = await WorkFolderLock.TakeAsync(options.Work, LockPatience, TimeProvider.System, cancellationToken);
            await host.RunAsync(cancellationToken);
            return 0;
        }
        catch (OptionsValidationException invalid)
        {
            return Refuse(string.Join(Environment.NewLine, invalid.Failures));
        }
        catch (IOException taken)
        {
            return Refuse(
                $"The folder in GPUGEEK_WORK cannot be used: {taken.Message} Each worker needs its own folder; give a second "
                    + "worker another one."
            );
        }
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return 1;
    }
}
