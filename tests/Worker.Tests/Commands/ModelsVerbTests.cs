using GpuGeek.Domain.Models;
using GpuGeek.Worker.Commands;

namespace GpuGeek.Worker.Tests.Commands;

public sealed class ListingTheArchitectures
{
    [Fact]
    public void Prints_a_line_for_each_under_one_of_titles_in_columns()
    {
        using var writer = new StringWriter();
        Assert.Equal(0, ModelsVerb.Print(writer));
        var lines = writer.ToString().TrimEnd().Split(writer.NewLine);
        Assert.Equal(ModelCatalog.All.Count + 1, lines.Length);
        Assert.All(
            ModelCatalog.All.Keys.Zip(lines.Skip(1)),
            pair => Assert.StartsWith(pair.First + " ", pair.Second, StringComparison.Ordinal)
        );
        Assert.Equal(
            ["mobilenet_v2", "MobileNetV2", "3.5 M", "301 M", "10.2 MB", "78.7 MB", "71.9 %", "224", "BSD-3-Clause"],
            lines
                .Single(l => l.StartsWith("mobilenet_v2 ", StringComparison.Ordinal))
                .Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
        Assert.Single(lines.Select(l => l.IndexOf("  BSD-3-Clause", StringComparison.Ordinal)).Where(at => at >= 0).Distinct());
    }
}
