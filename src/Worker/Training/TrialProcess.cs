using System.Globalization;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training;
using GpuGeek.Training.Engine;
using GpuGeek.Worker.Hosting;

namespace GpuGeek.Worker.Training;

/// <summary>A child of the trainer that measures a training and is thrown away.</summary>
internal sealed class TrialProcess : ITrialProcess
{
    /// <summary>Beside its training steps: the process, its pictures, its network.</summary>
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(60);

    public int Probe(RunDirectory directory, TimeSpan longest, CancellationToken stop)
    {
        var child = ChildProcess.Start(
            new ChildSpec
            {
                Name = "trial",
                FileName = OwnExecutable.Path,
                Arguments = ["probe", directory.Root, "--seconds", longest.TotalSeconds.ToString(CultureInfo.InvariantCulture)],
                Environment = TrainingAllocator.Variables(),
                LogFile = directory.Log,
            }
        );
        using var stopped = stop.Register(child.Kill);
        if (!child.Exited.Wait(longest + Around, CancellationToken.None))
            child.Kill();
        return child.Exited.GetAwaiter().GetResult();
    }
}
