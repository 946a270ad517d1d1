using System.Globalization;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Common;
using GpuGeek.Worker.Hosting;

namespace GpuGeek.Worker.Weights;

/// <summary>The process that reads untrusted weights: its memory is bounded and it has no credentials, so that a malicious file can only
/// crash this process.</summary>
internal static class InspectionChild
{
    /// <summary>The largest allowed file has 4 GB, and needs as much again for its largest block of numbers.</summary>
    private const long HeapLimit = 7L << 30;

    /// <summary>The garbage collector reserves twice the heap's limit, and libtorch a gigabyte.</summary>
    private const long AddressSpace = 24L << 30;

    /// <param name="log">stdout and stderr, appended: the report as text.</param>
    public static ChildSpec Spec(InspectionRequest request, string log) =>
        new()
        {
            Name = "inspect",
            FileName = OwnExecutable.Path,
            Arguments = ["inspect", request.File, .. Option("--architecture", request.Architecture), .. Option("--out", request.Out)],
            LogFile = log,
            Nice = 5,
            AddressSpace = AddressSpace,
            HeapLimit = HeapLimit,
        };

    /// <summary>Inspects in a child and prints its output.</summary>
    public static async Task<int> RunAsync(InspectionRequest request, TextWriter terminal)
    {
        var folder = Directory.CreateTempSubdirectory("gpugeek-inspect-").FullName;
        var log = Path.Combine(folder, "log.txt");
        try
        {
            var code = await ChildProcess.Start(Spec(request, log)).Exited;
            if (code is not (Inspection.Reported or Inspection.Refused))
                return Inspection.Refuse(request, terminal, Broken(code));
            await terminal.WriteAsync(await File.ReadAllTextAsync(log));
            return code;
        }
        catch (ChildStartException failed)
        {
            return Inspection.Refuse(
                request,
                terminal,
                new Failure("inspection_failed", "The weights could not be inspected", failed.Message)
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Failure Broken(int code) =>
        new(
            "inspection_failed",
            "The weights could not be inspected",
            string.Create(CultureInfo.InvariantCulture, $"The process that reads the weights file ended with exit code {code}."),
            "The file may be malicious, or need more memory than is allowed."
        );

    private static string[] Option(string name, string? value) => value is null ? [] : [name, value];
}
