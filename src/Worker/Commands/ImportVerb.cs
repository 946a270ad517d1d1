using System.CommandLine;
using GpuGeek.Worker.Imports.Reading;
using GpuGeek.Worker.Lanes;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>import</c>: the child process that reads untrusted archives.</summary>
internal static class ImportVerb
{
    public static Command Create()
    {
        var directory = new Argument<string>("directory") { Description = "An import directory with spec.json." };
        var command = new Command("import", "Imports an archive into a directory; started by the worker.") { directory };
        command.SetAction(result => ImportReader.Run(new JobDirectory(Path.GetFullPath(result.GetRequiredValue(directory)))));
        return command;
    }
}
