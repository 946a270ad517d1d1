using System.CommandLine;
using GpuGeek.Worker.Training;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>probe</c>: the child process that measures what a training would take.</summary>
internal static class ProbeVerb
{
    public static Command Create()
    {
        var directory = new Argument<string>("directory") { Description = "A run directory with spec.json." };
        var seconds = new Option<double>("--seconds")
        {
            Description = "Longest time of its training steps.",
            DefaultValueFactory = _ => 20,
        };
        var command = new Command("probe", "Measures what the training in a run directory would take; started by the worker.")
        {
            directory,
            seconds,
        };
        command.SetAction(result =>
            TrainCommand.Probe(result.GetRequiredValue(directory), TimeSpan.FromSeconds(result.GetRequiredValue(seconds)))
        );
        return command;
    }
}
