using System.Runtime.InteropServices;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Inference;
using GpuGeek.Training;
using GpuGeek.Training.Export;

namespace GpuGeek.Worker.Training;

/// <summary>Verbs <c>train</c>, <c>embed</c> and <c>probe</c>: the child process that trains, or measures what it would
/// take. It has access only to a run directory.</summary>
internal static class TrainCommand
{
    public static int Run(string runDirectory, TimeSpan? betweenCheckpoints) =>
        UntilSignalled(stop =>
            TrainingProgram.Run(Directory(runDirectory), new OnnxRuntimeProof(), new TrialProcess(), stop, betweenCheckpoints)
        );

    public static int Embed(string runDirectory) => UntilSignalled(stop => TrainingProgram.Embed(Directory(runDirectory), stop));

    public static int Probe(string runDirectory, TimeSpan longest)
    {
        KilledFirst.Apply();
        return UntilSignalled(stop => TrainingProgram.Probe(Directory(runDirectory), longest, stop));
    }

    private static RunDirectory Directory(string path) => new(Path.GetFullPath(path));

    private static int UntilSignalled(Func<CancellationToken, int> run)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        // A terminal's Ctrl-C reaches the whole process group; the supervisor decides about this run.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        return run(stop.Token);
    }

    /// <summary>The same ONNX session class that serves predictions.</summary>
    private sealed class OnnxRuntimeProof : ICoreModelProof
    {
        public float[][] Logits(string onnxPath, float[] inputs, int count)
        {
            using var session = new CoreSession(File.ReadAllBytes(onnxPath), Math.Max(1, Environment.ProcessorCount / 2));
            return [.. session.Logits(inputs, count).Chunk(session.Classes)];
        }
    }
}
