using System.Globalization;
using System.Text;
using System.Text.Json;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;

namespace GpuGeek.Domain.Models;

/// <summary>An evaluation as its row in a model card.</summary>
/// <param name="Dataset">Name of the dataset.</param>
/// <param name="Number">Of its version.</param>
/// <param name="Low">95 % Wilson interval.</param>
/// <param name="LeftOut">Pictures whose class the model does not have.</param>
/// <param name="Seen">Pictures that the run learned from or chose its model by; null: not known.</param>
/// <param name="Looks">Model versions that were evaluated on these pictures.</param>
/// <param name="IsOfRun">On the run's own test pictures, made by it.</param>
public sealed record CardEvaluation(
    string Dataset,
    int Number,
    string Split,
    double Accuracy,
    double Low,
    double High,
    int Pictures,
    int LeftOut,
    int? Seen,
    int Looks,
    bool IsOfRun
);

/// <summary>
/// What somebody needs to know who uses a model without having made it, as Markdown (Mitchell et al. 2019, "Model cards for model
/// reporting", arXiv:1810.03993). Each number comes from what is stored; nobody writes it by hand, so that it can be made again.
/// </summary>
public static class ModelCardText
{
    private static readonly JsonSerializerOptions Indented = new(RunDirectory.Json) { WriteIndented = true };

    /// <param name="data">The version that the run trained on; null: it is deleted.</param>
    /// <param name="evaluations">Those that have succeeded.</param>
    public static string Write(ModelVersion version, Run run, DatasetVersion? data, IReadOnlyList<CardEvaluation> evaluations)
    {
        var card = new StringBuilder();
        WriteHead(card, version, run);
        WriteFigures(card, version.Result, evaluations);
        WriteData(card, run, data, version.Manifest.Classes);
        WriteLimits(card, version, run, data, evaluations);
        WriteUse(card, version.Manifest);
        card.Append("## Recipe\n\n```json\n").Append(JsonSerializer.Serialize(run.Recipe, Indented)).Append("\n```\n");
        return card.ToString();
    }

    private static void WriteHead(StringBuilder card, ModelVersion version, Run run)
    {
        card.Append(Invariant($"# {Plain(version.Manifest.Model)} v{version.Number}\n\n"));
        card.Append(Invariant($"An image classifier of {version.Manifest.Classes.Length} classes: {Plain(version.Architecture)}, "));
        card.Append(Invariant($"made {version.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC by the run '{Plain(run.Name)}'"));
        card.Append(Invariant($" in {version.Result.TrainSeconds:0} seconds of training.\n\n"));
        card.Append(
            run.Recipe.Transfer.Start is not null ? "It started from weights of its organisation.\n\n"
            : run.Recipe.Transfer.Pretrained ? "It started from torchvision's published weights, which were trained on ImageNet.\n\n"
            : "It started from random weights.\n\n"
        );
    }

    private static void WriteFigures(StringBuilder card, RunResult result, IReadOnlyList<CardEvaluation> evaluations)
    {
        card.Append("## Figures\n\n");
        card.Append(Invariant($"**{Percent(result.TestAccuracy)}** of {result.TestCount} test pictures are right "));
        card.Append(Invariant($"(95 % interval {Percent(result.IntervalLow)} to {Percent(result.IntervalHigh)}).\n\n"));
        if (result.Calibrated is { } error)
            card.Append(Invariant($"Calibration error: {Percent(error.Value)} ({Percent(error.Low)} to {Percent(error.High)}).\n\n"));
        card.Append("| Class | Precision | Recall | F1 | Test pictures |\n| --- | ---: | ---: | ---: | ---: |\n");
        foreach (var c in result.PerClass)
            card.Append(Invariant($"| {Plain(c.Name)} | {Percent(c.Precision)} | {Percent(c.Recall)} | {Percent(c.F1)} | {c.Support} |\n"));
        card.Append('\n');
        if (evaluations.Count == 0)
            return;
        card.Append("| Evaluated on | Split | Accuracy | 95 % interval | Pictures | Left out | Learned from | Versions evaluated |\n");
        card.Append("| --- | --- | ---: | --- | ---: | ---: | ---: | ---: |\n");
        foreach (var e in evaluations)
        {
            card.Append(Invariant($"| {Plain(e.Dataset)} v{e.Number} | {e.Split} | {Percent(e.Accuracy)} "));
            card.Append(Invariant($"| {Percent(e.Low)} to {Percent(e.High)} | {e.Pictures} | {e.LeftOut} | "));
            card.Append(e.Seen is { } seen ? Invariant($"{seen} | {e.Looks} |\n") : Invariant($"not known | {e.Looks} |\n"));
        }
        card.Append('\n');
    }

    private static void WriteData(StringBuilder card, Run run, DatasetVersion? data, string[] classes)
    {
        card.Append("## Data\n\n");
        card.Append(Invariant($"Trained on {Plain(run.DatasetName)} v{run.DatasetVersionNumber}"));
        if (data is null)
        {
            card.Append(", which is deleted.\n\n");
            return;
        }
        card.Append(Invariant($": {data.ImageCount} pictures, manifest sha256:{data.ManifestHash}.\n\n"));
        card.Append("| Class | Train | Validation | Test |\n| --- | ---: | ---: | ---: |\n");
        foreach (var name in classes)
        {
            int In(string split) => data.Counts.GetValueOrDefault(split)?.GetValueOrDefault(name) ?? 0;
            card.Append(Invariant($"| {Plain(name)} | {In(Splits.Train)} | {In(Splits.Val)} | {In(Splits.Test)} |\n"));
        }
        card.Append('\n');
    }

    private static void WriteLimits(
        StringBuilder card,
        ModelVersion version,
        Run run,
        DatasetVersion? data,
        IReadOnlyList<CardEvaluation> evaluations
    )
    {
        card.Append("## Limits\n\n");
        card.Append("- It names one of its classes for every picture, also for pictures of none of them.\n");
        card.Append("- Its figures are those of pictures like its test pictures; other cameras, places or seasons are other pictures.\n");
        if (data is not null)
            foreach (var warning in VersionWarning.Of(data.Classes, data.Counts, data.DividedGroups, data.DividedDuplicates))
                card.Append("- ").Append(Text(warning)).Append('\n');
        var looks = evaluations.FirstOrDefault(e => e.IsOfRun)?.Looks ?? 1;
        if (looks > 1)
            card.Append(
                Invariant($"- {looks} model versions were evaluated on its test pictures: the best of them owes something to chance.\n")
            );
        if (run.Recipe.Transfer.RefitsHead)
            card.Append("- It learned from its validation pictures too: figures on them are too good.\n");
        if (version.Result.Environments.Length > 1)
            card.Append("- It was trained on several machines: its last bits cannot be had again on one.\n");
        card.Append("- No licence of the pictures is stored: who uses the model has to know it.\n\n");
    }

    private static string Text(VersionWarning warning)
    {
        var names = string.Join(", ", warning.Classes.Select(Plain));
        return warning.Code switch
        {
            VersionWarning.Missing => Invariant($"The split {warning.Split} has no picture of: {names}."),
            VersionWarning.Few => Invariant($"Fewer than {warning.Count} test pictures of: {names}."),
            VersionWarning.Divided => Invariant($"{warning.Count} groups have pictures in several splits."),
            _ => Invariant($"{warning.Count} validation and test pictures nearly equal a picture of another split."),
        };
    }

    private static void WriteUse(StringBuilder card, ModelManifest manifest)
    {
        var p = manifest.Preprocessing;
        card.Append("## Use\n\n");
        card.Append(
            Invariant($"`core.onnx` ({manifest.OnnxHash}, opset {manifest.Opset}) takes `input`, float32 N×3×{p.CropSize}×{p.CropSize}, ")
        );
        card.Append(Invariant($"and gives `logits`; the probabilities are softmax(logits / {manifest.Temperature:0.####}). "));
        card.Append(
            Invariant($"Pictures are prepared by the rule `{p.Resize.ToString().ToLowerInvariant()}`; `model.json` has all of it.\n\n")
        );
    }

    private static string Percent(double share) => Invariant($"{share * 100:0.0} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Names are people's: in Markdown they stay text.</summary>
    private static string Plain(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
            if (char.IsControl(c))
                text.Append(' ');
            else if ("\\`*_{}[]<>()#+!|~&".Contains(c, StringComparison.Ordinal))
                text.Append('\\').Append(c);
            else
                text.Append(c);
        return text.ToString();
    }
}
