using System.Globalization;
using GpuGeek.Domain.Weights;

namespace GpuGeek.Worker.Weights;

/// <summary>A report as text for a terminal.</summary>
internal static class ReportText
{
    private const int Listed = 20;

    public static void Write(WeightsReport report, TextWriter to)
    {
        to.WriteLine(
            Text($"{report.Format}: {report.Tensors:n0} tensors, {report.Numbers:n0} numbers ({string.Join(", ", report.Types)})")
        );
        to.WriteLine($"{report.Architecture}: {(report.Fits ? "everything before the classifier fits" : "does not fit completely")}");
        to.WriteLine(report.Classes is { } classes ? Text($"A classifier of {classes:n0} classes") : "No classifier for this architecture");
        to.WriteLine(Text($"Layer groups, counted from the input: {report.FittingGroups} of {report.Groups.Length} fit"));
        var width = report.Groups.Max(group => group.Name.Length);
        foreach (var (place, group) in report.Groups.Index())
            to.WriteLine(Text($"  {place + 1, 2}  {group.Name.PadRight(width)}  {group.Fitting} of {group.Tensors} tensors"));
        List("Missing in the file", report.Missing, report.MissingCount, to);
        List("Unexpected for this architecture", report.Unexpected, report.UnexpectedCount, to);
        List(
            "With another shape",
            [.. report.Mismatched.Select(m => $"{m.Name}: network {Shape(m.Network)}, file {Shape(m.File)}")],
            report.MismatchedCount,
            to
        );
    }

    private static void List(string title, string[] names, int count, TextWriter to)
    {
        if (count == 0)
            return;
        to.WriteLine(Text($"{title} ({count:n0}):"));
        foreach (var name in names.Take(Listed))
            to.WriteLine("  " + Printable(name));
        if (count > Listed)
            to.WriteLine(Text($"  and {count - Math.Min(Listed, names.Length):n0} more"));
    }

    private static string Shape(long[] shape) => shape.Length == 0 ? "scalar" : string.Join('×', shape);

    /// <summary>A name comes from the file and must not control the terminal.</summary>
    private static string Printable(string name) => new([.. name.Take(120).Select(c => char.IsControl(c) ? '?' : c)]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
