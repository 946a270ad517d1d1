using System.CommandLine;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Worker.Evaluations;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>evaluate</c>: the child process that predicts the pictures of an evaluation.</summary>
internal static class EvaluateVerb
{
    public static Command Create()
    {
        var directory = new Argument<string>("directory") { Description = "A job's directory with spec.json." };
        var command = new Command("evaluate", "Predicts the pictures of an evaluation; started by the worker.") { directory };
        command.SetAction(
            (result, _) => EvaluationProgram.RunAsync(new RunDirectory(Path.GetFullPath(result.GetRequiredValue(directory))))
        );
        return command;
    }
}
