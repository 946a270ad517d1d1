using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using GpuGeek.Domain.Models;
using GpuGeek.Training;
using GpuGeek.Training.Weights;
using GpuGeek.Worker.Hosting;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>doctor</c>: what this machine trains on, and what is in the way.</summary>
internal static class DoctorVerb
{
    public static Command Create()
    {
        var command = new Command(
            "doctor",
            "Says what this machine trains on: system, processor, GPUs, libtorch, weights. It trains a network for some seconds. "
                + "Exit code 1 where trainings would fail."
        );
        command.SetAction(_ => Print(Console.Out));
        return command;
    }

    private static int Print(TextWriter writer)
    {
        var healthy = true;
        foreach (var finding in Findings())
        {
            healthy &= !finding.Problem;
            writer.WriteLine($"{(finding.Problem ? "!" : " ")} {finding.Title, -10} {finding.Text}");
        }
        writer.WriteLine(healthy ? "This machine can train." : "Trainings fail here until what is marked with ! is mended.");
        return healthy ? 0 : 1;
    }

    private static IEnumerable<DoctorFinding> Findings()
    {
        var version = typeof(DoctorVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        yield return new("GpuGeek", $"{version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
        yield return Weights();
        if (NativeCheck.Problem() is { } problem)
        {
            yield return new("libtorch", problem, Problem: true);
            yield break;
        }
        foreach (var finding in TrainingDoctor.Findings(Environment.ProcessorCount))
            yield return finding;
    }

    private static DoctorFinding Weights()
    {
        var folder = Environment.GetEnvironmentVariable("GPUGEEK_WEIGHTS");
        if (string.IsNullOrEmpty(folder))
            return new("Weights", "downloaded when they are needed: GPUGEEK_WEIGHTS is not set");
        if (!Directory.Exists(folder))
            return new("Weights", $"GPUGEEK_WEIGHTS is '{folder}', which is not a folder", Problem: true);
        var cards = ModelCatalog.All.Values;
        return new("Weights", $"{cards.Count(card => WeightsCatalog.IsNamed(card, folder))} of {cards.Count()} in {folder}");
    }
}
