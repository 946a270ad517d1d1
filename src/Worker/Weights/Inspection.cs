using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Weights;
using GpuGeek.Training;
using GpuGeek.Training.Weights;

namespace GpuGeek.Worker.Weights;

/// <param name="File">The weights file, absolute.</param>
/// <param name="Architecture">Architecture to compare with; null finds the best match.</param>
/// <param name="Out">Absolute path of the JSON output; null for none.</param>
internal sealed record InspectionRequest(string File, string? Architecture, string? Out);

/// <summary>The output of <c>inspect</c> if there is no <see cref="WeightsReport"/>.</summary>
internal sealed record InspectionRefusal(Failure Error);

/// <summary>Inspects in this process: text for people, JSON for the supervisor.</summary>
internal static class Inspection
{
    public const int Reported = 0,
        Refused = 1;

    public static int Run(InspectionRequest request, TextWriter terminal)
    {
        try
        {
            var report = WeightsInspection.Inspect(request.File, request.Architecture);
            Write(request, report);
            ReportText.Write(report, terminal);
            return Reported;
        }
        catch (WeightsException refused)
        {
            return Refuse(request, terminal, new Failure(refused.Code, "The weights cannot be used", refused.Message, refused.Hint));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Refuse(
                request,
                terminal,
                new Failure(
                    "weights_unreadable",
                    "The weights cannot be used",
                    $"The file {Path.GetFileName(request.File)} cannot be read.",
                    "Check that it exists and is readable."
                )
            );
        }
        catch (OutOfMemoryException)
        {
            return Refuse(request, terminal, TooLarge);
        }
    }

    public static int Refuse(InspectionRequest request, TextWriter terminal, Failure failure)
    {
        Write(request, new InspectionRefusal(failure));
        terminal.WriteLine(failure.Hint is null ? failure.Detail : $"{failure.Detail} {failure.Hint}");
        return Refused;
    }

    private static readonly Failure TooLarge = new(
        "weights_too_large",
        "The weights cannot be used",
        "Reading the weights file needs more memory than is allowed.",
        "Save it as float32 or float16, without the optimizer's state."
    );

    /// <summary>Written atomically: the file is complete when it appears.</summary>
    private static void Write<T>(InspectionRequest request, T answer)
    {
        if (request.Out is not { } target)
            return;
        var part = target + ".part";
        File.WriteAllBytes(part, JsonSerializer.SerializeToUtf8Bytes(answer, RunDirectory.Json));
        File.Move(part, target, overwrite: true);
    }
}
