using System.Diagnostics;
using GpuGeek.Deploy.Tests.Files;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Sandbox;

/// <summary>What the images hold under /app: the Dockerfile's own publish commands, run in this checkout.</summary>
internal static class Published
{
    private static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    public static async Task<string> RunAsync(Dockerfile images, string target, string folder)
    {
        var output = Path.Combine(folder, target);
        foreach (var instruction in images.Publisher(target)!.Instructions.Where(i => i.Verb == "RUN"))
        {
            // Linked, not copied, out of the build: libtorch alone is half a gigabyte.
            var command = instruction.Text.Replace("/out", output, StringComparison.Ordinal);
            // Not built again: this process runs from files that are linked to the build's.
            if (command.StartsWith("dotnet publish", StringComparison.Ordinal))
                command =
                    command.Replace("-c Release", $"-c {Configuration}", StringComparison.Ordinal)
                    + " --no-build -m:1 -v quiet -nologo -p:CreateHardLinksForPublishFilesIfPossible=true";
            await ShellAsync(command);
        }
        return output;
    }

    private static async Task ShellAsync(string command)
    {
        using var shell = Process.Start(
            new ProcessStartInfo("bash", ["-c", command])
            {
                WorkingDirectory = SharedData.RepositoryRoot,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = shell.StandardError.ReadToEndAsync();
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, $"{command}\n{output}{await errors}");
    }
}
