using GpuGeek.Domain.Models;
using GpuGeek.Domain.Weights;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training;

/// <summary>Reports the contents of a weights file and how it fits, before anybody uses it.</summary>
public static class WeightsInspection
{
    // The classifier is compared separately: any number of classes builds the same network before it.
    private const int Classes = 1000;
    private const int LongestName = 200;

    /// <summary>Reads the whole file and compares it with one architecture, or with all to find the best match.</summary>
    /// <param name="path">A file of any supported format; it may be malicious. Needs memory in proportion to its size, at most five times
    /// and 256 MB.</param>
    /// <param name="architecture">A name of <see cref="ModelCatalog"/>; null compares with all: most tensors that fit, then fewest
    /// unexpected keys, then the name, decide.</param>
    /// <exception cref="WeightsException">The file cannot be read or must not be used, or the architecture does not exist
    /// (<c>architecture_unknown</c>).</exception>
    public static WeightsReport Inspect(string path, string? architecture)
    {
        if (architecture is not null && !ModelRegistry.Names.Contains(architecture))
            throw new WeightsException(
                "architecture_unknown",
                $"There is no architecture '{Printable(architecture)}'.",
                "The architecture catalogue lists the names; without a name the best match is found."
            );
        var file = WeightsFile.Read(path);
        string[] names = architecture is null ? [.. ModelRegistry.Names] : [architecture];
        return names
            .Select(name => Compare(file, name))
            .OrderByDescending(fit => fit.Fitting)
            .ThenBy(fit => fit.Fit.Unexpected.Length)
            .ThenBy(fit => fit.Name, StringComparer.Ordinal)
            .First()
            .Report(file);
    }

    private static Comparison Compare(WeightsFile file, string name)
    {
        var graph = ModelRegistry.Build(name, Classes, ModelCatalog.All[name].InputSize);
        var tensors = file.For(graph);
        return new Comparison(name, graph, WeightsFit.Of(graph, tensors), OutputsOf(graph, tensors));
    }

    /// <summary>Number of rows of the file's classifier, if its input size matches this network's.</summary>
    private static int? OutputsOf(Graph graph, IReadOnlyDictionary<string, LoadedTensor> tensors)
    {
        var weight = ParameterSpec.Of(graph.Classifier).First(p => p.Kind == ParameterKind.Weight);
        return
            tensors.TryGetValue(weight.Name, out var tensor)
            && tensor.Shape is [> 0 and <= int.MaxValue, .. var rest]
            && rest.AsSpan().SequenceEqual(weight.Shape.AsSpan(1))
            ? (int)tensor.Shape[0]
            : null;
    }

    private static string Printable(string text) =>
        new([.. text.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '?')]);

    private sealed record Comparison(string Name, Graph Graph, WeightsFit Fit, int? Outputs)
    {
        public int Fitting { get; } = Fit.Body.Count(entry => entry.Fits);

        public WeightsReport Report(WeightsFile file)
        {
            FitEntry[] missing = [.. Fit.Body.Where(entry => entry.File is null)],
                mismatched = [.. Fit.Body.Where(entry => entry is { File: not null, Fits: false })];
            return new WeightsReport
            {
                Format = file.Format,
                Tensors = file.Tensors.Count,
                Numbers = file.Tensors.Values.Sum(tensor => tensor.Values.LongLength),
                Types = [.. file.Types],
                Architecture = Name,
                Classes = Outputs,
                Groups =
                [
                    .. GroupNames
                        .Of(Graph)
                        .Select(
                            (name, g) =>
                                new WeightsGroup(
                                    name,
                                    Fit.Body.Count(entry => entry.Group == g),
                                    Fit.Body.Count(entry => entry.Group == g && entry.Fits)
                                )
                        ),
                ],
                Missing = [.. missing.Take(WeightsReport.MaxListed).Select(entry => entry.Parameter.Name)],
                MissingCount = missing.Length,
                Unexpected =
                [
                    .. Fit.Unexpected.Take(WeightsReport.MaxListed).Select(name => WeightsException.Printable(name, LongestName)),
                ],
                UnexpectedCount = Fit.Unexpected.Length,
                Mismatched =
                [
                    .. mismatched
                        .Take(WeightsReport.MaxListed)
                        .Select(entry => new WeightsMismatch(entry.Parameter.Name, entry.Parameter.Shape, entry.File!)),
                ],
                MismatchedCount = mismatched.Length,
            };
        }
    }
}
