namespace GpuGeek.Training.Weights;

/// <summary>Weights are not available or must not be used.</summary>
/// <param name="code">
/// <c>weights_unavailable</c>, <c>weights_unreadable</c> (damaged or not what it says), <c>weights_refused</c> (holds more than weights),
/// <c>weights_unsupported</c>
/// (a format that is not read), <c>weights_not_finite</c>, <c>weights_mismatch</c> (of another network).
/// </param>
/// <param name="detail">What happened and why.</param>
/// <param name="hint">What to do next, or null.</param>
public sealed class WeightsException(string code, string detail, string? hint = null) : Exception(Printable(detail))
{
    private const int Longest = 1000;

    public string Code { get; } = code;
    public string? Hint { get; } = hint;

    /// <summary>Names in it come from the file: they must not control a terminal or be too long; and PostgreSQL's text type does not
    /// allow NUL.</summary>
    internal static string Printable(string text, int longest = Longest)
    {
        var shown = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return shown.Length <= longest ? shown : shown[..longest] + "…";
    }

    internal static WeightsException Unreadable(string what) =>
        new(
            "weights_unreadable",
            $"The weights file is damaged: {what}.",
            "Download it again, or save it again with torch.save(model.state_dict(), path)."
        );

    internal static WeightsException Refused(string what) =>
        new(
            "weights_refused",
            $"The weights file was refused: {what}. Nothing in it was executed.",
            "A weights file contains named tensors and nothing else: save it with torch.save(model.state_dict(), path)."
        );

    internal static WeightsException NotFinite(string name) =>
        new(
            "weights_not_finite",
            $"'{name}' in the weights file contains a value that is not finite.",
            "The training that wrote it diverged: use an earlier file."
        );

    internal static WeightsException Unsupported(string what) =>
        new(
            "weights_unsupported",
            $"The weights file is {what}, which is not supported.",
            "Save it with torch.save(model.state_dict(), path) or as safetensors."
        );
}
