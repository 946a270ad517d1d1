using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;

namespace GpuGeek.Domain.Tests.Models;

public sealed class AModelCard
{
    private static readonly DateTimeOffset At = new(2026, 12, 1, 8, 30, 0, TimeSpan.Zero);

    private static Run Run(bool refit) =>
        new()
        {
            OrgId = Guid.Empty,
            Id = Guid.Empty,
            ProjectId = Guid.Empty,
            DatasetVersionId = Guid.Empty,
            DatasetName = "shop",
            DatasetVersionNumber = 3,
            Name = "the *first*\n# run",
            CreatedAt = At,
            Recipe = RecipePresets.Resolve(new() { Preset = RecipePresets.Fast, ["transfer.refit"] = refit }),
        };

    private static ModelVersion Version() =>
        new()
        {
            OrgId = Guid.Empty,
            Id = Guid.Empty,
            ModelId = Guid.Empty,
            Number = 2,
            RunId = Guid.Empty,
            DatasetVersionId = Guid.Empty,
            Architecture = "mobilenet_v2",
            CreatedAt = At,
            OnnxHash = "",
            OnnxBytes = 1,
            PredictionsHash = "",
            WeightsHash = "",
            Manifest = new()
            {
                Model = "flowers",
                Version = 2,
                Architecture = "mobilenet_v2",
                Classes = ["a|b", "<script>"],
                Preprocessing = Preprocessing.ImageNet(224),
                Temperature = 1.25,
                OnnxHash = "sha256:00",
            },
            Result = new()
            {
                TestAccuracy = 0.75,
                IntervalLow = 0.3,
                IntervalHigh = 0.954,
                TestCount = 4,
                ValAccuracy = 0.8,
                BestEpoch = 3,
                Temperature = 1.25,
                Confusion = [],
                PerClass = [new("a|b", 1, 0.5, 2 / 3.0, 2), new("<script>", 0.5, 1, 2 / 3.0, 2)],
                OnnxHash = "",
                OnnxMaxDifference = 0,
                TrainSeconds = 12.4,
            },
        };

    private static DatasetVersion Data() =>
        new()
        {
            OrgId = Guid.Empty,
            Id = Guid.Empty,
            DatasetId = Guid.Empty,
            Number = 3,
            ManifestHash = "ab12",
            Seed = 0,
            Classes = ["a|b", "<script>"],
            ImageCount = 24,
            Counts = new()
            {
                ["train"] = new() { ["a|b"] = 8, ["<script>"] = 8 },
                ["val"] = new() { ["a|b"] = 2, ["<script>"] = 2 },
                ["test"] = new() { ["a|b"] = 2, ["<script>"] = 2 },
            },
            DividedDuplicates = 3,
            CreatedAt = At,
        };

    [Fact]
    public void Says_the_figures_the_data_and_the_limits_that_follow_from_them()
    {
        var card = ModelCardText.Write(
            Version(),
            Run(refit: true),
            Data(),
            [new("shop", 3, "test", 0.75, 0.3, 0.954, 4, 0, 0, 5, true), new("kiosk", 1, "val", 0.5, 0.1, 0.9, 8, 2, null, 1, false)]
        );
        Assert.StartsWith("# flowers v2\n", card, StringComparison.Ordinal);
        Assert.Contains("**75.0 %** of 4 test pictures are right (95 % interval 30.0 % to 95.4 %).", card, StringComparison.Ordinal);
        Assert.Contains("| kiosk v1 | val | 50.0 % | 10.0 % to 90.0 % | 8 | 2 | not known | 1 |\n", card, StringComparison.Ordinal);
        Assert.Contains("| a\\|b | 8 | 2 | 2 |\n", card, StringComparison.Ordinal);
        Assert.Contains("- Fewer than 10 test pictures of: a\\|b, \\<script\\>.\n", card, StringComparison.Ordinal);
        Assert.Contains("- 3 validation and test pictures nearly equal a picture of another split.\n", card, StringComparison.Ordinal);
        Assert.Contains("- 5 model versions were evaluated on its test pictures", card, StringComparison.Ordinal);
        Assert.Contains("- It learned from its validation pictures too", card, StringComparison.Ordinal);
        Assert.Contains("softmax(logits / 1.25)", card, StringComparison.Ordinal);
        Assert.Contains("\"preset\": \"fast\"", card, StringComparison.Ordinal);
        // People's names cannot become headings, rows or elements.
        Assert.Contains("by the run 'the \\*first\\* \\# run'", card, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_less_where_less_is_known()
    {
        var card = ModelCardText.Write(Version(), Run(refit: false), null, []);
        Assert.Contains("Trained on shop v3, which is deleted.\n", card, StringComparison.Ordinal);
        Assert.DoesNotContain("Evaluated on", card, StringComparison.Ordinal);
        Assert.DoesNotContain("validation pictures too", card, StringComparison.Ordinal);
        Assert.Equal(card, ModelCardText.Write(Version(), Run(refit: false), null, []));
    }
}
