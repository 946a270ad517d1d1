using System.Text.RegularExpressions;

namespace GpuGeek.Architecture.Tests;

/// <summary>A tensor that is made without a device is made on the CPU, and a GPU that is to calculate with it fails.</summary>
public sealed partial class EveryTensorIsMadeOnANamedDevice
{
    private static IEnumerable<string> WithoutDevice(IEnumerable<(string File, string Text)> files) =>
        from file in files
        from Match made in Making().Matches(file.Text)
        where !Arguments(file.Text, made.Index + made.Length).Contains("device:", StringComparison.Ordinal)
        select $"{file.File}: {made.Value}";

    /// <returns>The text up to the bracket that closes the call.</returns>
    private static string Arguments(string text, int start)
    {
        var open = 1;
        var end = start;
        for (; open > 0; end++)
            open += text[end] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
        return text[start..end];
    }

    [Fact]
    public void In_the_training_engine() => Assert.Empty(WithoutDevice(Repository.FilesOf("src/Training")));

    [Fact]
    public void Planted_tensors_without_a_device_are_seen() =>
        Assert.Equal(
            ["A.cs: zeros(", "A.cs: TorchSharp.torch.tensor(", "A.cs: randn("],
            WithoutDevice([
                (
                    "A.cs",
                    """
                    var a = zeros(Length(3), dtype: type);
                    var b = TorchSharp.torch.tensor(values, [2, Count(x)]);
                    Use(randn(2), device: CPU);
                    var c = ones(Length(3), device: module.Device);
                    var d = x.full(2);
                    var e = zeros_like(x);
                    """
                ),
            ])
        );

    [GeneratedRegex(
        @"(?<![\w.])(?:TorchSharp\.)?(?:torch\.)?(?:zeros|ones|tensor|empty|full|arange|eye|linspace|logspace|rand|randn|randint|randperm"
            + @"|normal|from_array|as_tensor|frombuffer)\("
    )]
    private static partial Regex Making();
}
