using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Common;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Export;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training;

/// <summary>The training child: a run directory in, events and a result out. Standard output is log.</summary>
public static class TrainingProgram
{
    /// <summary>Trains what <c>spec.json</c> says, from the newest whole checkpoint if there is one.</summary>
    /// <param name="stop">SIGTERM: a checkpoint is written and <see cref="TrainExitCode.Stopped"/> returned.</param>
    /// <param name="betweenCheckpoints">Inside an epoch, whatever they cost; null: as seldom as their cost asks for.</param>
    /// <returns>One of <see cref="TrainExitCode"/>. An exception means a fault of the machine or of this program, and that trying again may
    /// help.</returns>
    public static int Run(
        RunDirectory directory,
        ICoreModelProof proof,
        ITrialProcess trials,
        CancellationToken stop,
        TimeSpan? betweenCheckpoints = null
    )
    {
        var pace = betweenCheckpoints is { } every ? new(every, TimesCost: 0) : CheckpointPace.Usual;
        return Run(directory, proof, trials, TimeProvider.System, pace, stop);
    }

    /// <summary>Computes the embeddings that a training by <c>spec.json</c> would need, and nothing else.</summary>
    /// <returns>As <see cref="Run(RunDirectory, ICoreModelProof, ITrialProcess, CancellationToken, TimeSpan?)"/>.</returns>
    public static int Embed(RunDirectory directory, CancellationToken stop) =>
        OnOneThread(() => RunHere(directory, Embed, TimeProvider.System, CheckpointPace.Usual, stop));

    /// <summary>Measures for less than a minute what a training by <c>spec.json</c> would take (<see cref="EstimatedEvent"/>). What could
    /// not be trained fails as it would then.</summary>
    /// <returns>As <see cref="Run(RunDirectory, ICoreModelProof, ITrialProcess, CancellationToken, TimeSpan?)"/>.</returns>
    /// <param name="longest">Of its training steps.</param>
    public static int Probe(RunDirectory directory, TimeSpan longest, CancellationToken stop) =>
        OnOneThread(() =>
            RunHere(directory, context => new Probe(context, longest).Run(), TimeProvider.System, CheckpointPace.Usual, stop)
        );

    internal static int Run(
        RunDirectory directory,
        ICoreModelProof proof,
        ITrialProcess trials,
        TimeProvider clock,
        CheckpointPace pace,
        CancellationToken stop
    ) => OnOneThread(() => RunHere(directory, context => new TrainingRun(context, proof, trials).Execute(), clock, pace, stop));

    private static void Embed(RunContext context)
    {
        context.StartNetwork();
        new EmbeddingTraining(context).Embed();
    }

    private static int OnOneThread(Func<int> work)
    {
        if (string.IsNullOrEmpty(TrainingAllocator.Preloaded))
            Console.WriteLine($"Training with glibc's allocator, which takes up to a third more memory than {TrainingAllocator.Library}.");
        NativeTuning.Apply();
        var code = 0;
        ExceptionDispatchInfo? fault = null;
        // TorchSharp's scopes are per thread: everything that touches a tensor happens on this one.
        var step = new Thread(() =>
        {
            try
            {
                code = work();
            }
            catch (Exception unexpected)
            {
                fault = ExceptionDispatchInfo.Capture(unexpected);
            }
        })
        {
            Name = "step",
        };
        step.Start();
        step.Join();
        fault?.Throw();
        return code;
    }

    private static int RunHere(
        RunDirectory directory,
        Action<RunContext> work,
        TimeProvider clock,
        CheckpointPace pace,
        CancellationToken stop
    )
    {
        var spec =
            JsonSerializer.Deserialize<RunSpec>(File.ReadAllBytes(directory.Spec), RunDirectory.Json)
            ?? throw new InvalidDataException("spec.json is empty.");
        using var events = new EventLog(directory.Events, clock, stop);
        try
        {
            NativeLibtorch.Load();
            NativeTuning.LoadWithoutNnpack();
            using var context = new RunContext(spec, directory, events, clock, pace, stop);
            work(context);
            return TrainExitCode.Succeeded;
        }
        catch (TrainingStoppedException)
        {
            Console.WriteLine("Stopped as asked.");
            return TrainExitCode.Stopped;
        }
        catch (TrainingFailedException failed)
        {
            return Fail(events, failed.Failure);
        }
        catch (ExternalException full) when (DeviceFull.Is(full))
        {
            return Fail(events, DeviceFull.Refusal(full).Failure);
        }
        catch (WeightsException weights)
        {
            return Fail(events, new Failure(weights.Code, "The weights cannot be used", weights.Message, weights.Hint));
        }
        catch (DomainException broken)
        {
            return Fail(events, new Failure(broken.Code, "The recipe cannot be trained", broken.Message, broken.Hint));
        }
    }

    private static int Fail(EventLog events, Failure failure)
    {
        Console.WriteLine($"Failed: {failure.Detail}");
        events.Failed(failure);
        return TrainExitCode.Failed;
    }
}
