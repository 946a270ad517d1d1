using System.CommandLine;
using GpuGeek.ChildProcesses;
using GpuGeek.Worker.Weights;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>inspect</c>: shows the contents of a weights file and how it fits.</summary>
internal static class InspectVerb
{
    private static readonly Argument<string> WeightsPath = new("file")
    {
        Description = "A .pth, .pt or .safetensors file, or an ONNX file that GpuGeek wrote.",
    };
    private static readonly Option<string?> Architecture = new("--architecture")
    {
        Description = "Architecture to compare with; without it the best match is found.",
    };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Writes the report, or the reason why there is none, as JSON into this file.",
    };

    public static Command Create()
    {
        var command = new Command(
            "inspect",
            "Shows the contents of a weights file and the network that it fits; exit code 1 if it is refused."
        )
        {
            WeightsPath,
            Architecture,
            Out,
        };
        command.SetAction(
            (arguments, _) =>
                RunAsync(
                    new(
                        Path.GetFullPath(arguments.GetRequiredValue(WeightsPath)),
                        arguments.GetValue(Architecture),
                        arguments.GetValue(Out) is { } file ? Path.GetFullPath(file) : null
                    )
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(InspectionRequest request) =>
        ChildSpec.IsLimited ? Inspection.Run(request, Console.Out) : await InspectionChild.RunAsync(request, Console.Out);
}
