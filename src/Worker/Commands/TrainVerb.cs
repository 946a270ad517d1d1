using System.CommandLine;
using GpuGeek.Worker.Training;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>train</c>: the child process that trains.</summary>
internal static class TrainVerb
{
    public static Command Create()
    {
        var directory = new Argument<string>("directory") { Description = "A run directory with spec.json." };
        var command = new Command("train", "Runs the training in a run directory; started by the worker.") { directory };
        command.SetAction(result => TrainCommand.Run(result.GetRequiredValue(directory)));
        return command;
    }
}
