using System.CommandLine;
using System.Globalization;
using GpuGeek.Domain.Models;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>models</c>: lists the architectures for <c>run --model</c> with their costs.</summary>
internal static class ModelsVerb
{
    private static readonly (string Title, bool IsNumber, Func<ModelCard, string> Of)[] Columns =
    [
        ("NAME", false, c => c.Name),
        ("TITLE", false, c => c.Title),
        ("PARAMETERS", true, c => Millions(c.Parameters)),
        ("MULTIPLY-ADDS", true, c => Millions(c.MultiplyAdds)),
        ("INFERENCE", true, c => Megabytes(c.InferenceBytes)),
        ("TRAINING", true, c => Megabytes(c.TrainingBytes)),
        ("TOP-1", true, c => c.ImageNetTop1.ToString("P1", CultureInfo.InvariantCulture)),
        ("INPUT", true, c => c.InputSize.ToString(CultureInfo.InvariantCulture)),
        ("LICENCE", false, c => c.Weights.Licence),
    ];

    public static Command Create()
    {
        var command = new Command(
            "models",
            "Lists the architectures: parameters, multiply-adds and memory of activations for one picture at the input size, and the "
                + "published accuracy on ImageNet and licence of the weights."
        );
        command.SetAction(_ => Print(Console.Out));
        return command;
    }

    public static int Print(TextWriter writer)
    {
        var cards = ModelCatalog.All.Values.ToArray();
        int[] widths = [.. Columns.Select(column => cards.Max(card => Math.Max(column.Title.Length, column.Of(card).Length)))];
        void Line(Func<int, string> cell) =>
            writer.WriteLine(
                string.Join("  ", Columns.Select((column, i) => column.IsNumber ? cell(i).PadLeft(widths[i]) : cell(i).PadRight(widths[i])))
                    .TrimEnd()
            );
        Line(i => Columns[i].Title);
        foreach (var card in cards)
            Line(i => Columns[i].Of(card));
        return 0;
    }

    private static string Millions(long count) =>
        (count / 1e6).ToString(count < 10_000_000 ? "N1" : "N0", CultureInfo.InvariantCulture) + " M";

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture) + " MB";
}
