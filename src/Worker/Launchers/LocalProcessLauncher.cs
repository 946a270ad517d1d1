using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Runs;
using GpuGeek.Worker.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Launchers;

/// <summary>Starts the supervisor as a process of this machine, with this worker's settings and work folder.</summary>
internal sealed class LocalProcessLauncher(IConfiguration configuration, IOptions<WorkerOptions> options) : IRunLauncher
{
    public Task<ILaunchedRun> StartAsync(Guid run, string slot, SlotDevice device, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Value.Supervisors);
        var spec = new ChildSpec
        {
            Name = $"supervisor of {run:N}",
            FileName = OwnExecutable.Path,
            Arguments = ["supervise", run.ToString(), "--slot", slot, "--device", device.Id],
            LogFile = Path.Combine(options.Value.Supervisors, $"{run:N}.log"),
        };
        // A child gets no credentials unless they are given to it.
        foreach (var (name, value) in configuration.AsEnumerable())
            if (IsForSupervisor(name) && value is not null)
                spec.Environment[name] = value;
        return Task.FromResult<ILaunchedRun>(new Launched(ChildProcess.Start(spec), spec.LogFile));
    }

    /// <summary>The worker listens on its address of metrics, so that no supervisor can.</summary>
    private static bool IsForSupervisor(string name) =>
        name is not "GPUGEEK_METRICS"
        && (name.StartsWith("GPUGEEK_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal));

    private sealed class Launched : ILaunchedRun
    {
        private readonly ChildProcess _process;

        public Launched(ChildProcess process, string log)
        {
            _process = process;
            Exited = EndAsync(log);
        }

        public Task<int> Exited { get; }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _process.Terminate();
            return Task.CompletedTask;
        }

        /// <summary>The log of a supervisor that died is kept.</summary>
        private async Task<int> EndAsync(string log)
        {
            var code = await _process.Exited;
            if (code is SupervisorExit.Supervised or SupervisorExit.NotClaimed)
                File.Delete(log);
            return code;
        }
    }
}
