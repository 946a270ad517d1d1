using System.CommandLine;
using GpuGeek.Worker.Training;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>embed</c>: the child process that computes embeddings.</summary>
internal static class EmbedVerb
{
    public static Command Create()
    {
        var directory = new Argument<string>("directory") { Description = "A run directory with spec.json." };
        var command = new Command("embed", "Computes the embeddings of a run directory's pictures; started by the worker.") { directory };
        command.SetAction(result => TrainCommand.Embed(result.GetRequiredValue(directory)));
        return command;
    }
}
