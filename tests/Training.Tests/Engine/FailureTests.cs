using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Common;
using GpuGeek.Training.Export;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Engine;

public sealed class ARunThatCannotSucceed
{
    public static TheoryData<string, string> EmptySplits =>
        new()
        {
            { "train", "training" },
            { "val", "validation" },
            { "test", "test" },
        };

    [Theory, MemberData(nameof(EmptySplits))]
    public void Says_which_split_has_no_pictures(string split, string title)
    {
        using var run = Small(images => [.. images.Where(i => i.Split != split)]);
        Assert.Equal(TrainExitCode.Failed, run.Train());
        Assert.Equal("split_empty", run.Failure().Failure.Code);
        Assert.Contains(title, run.Failure().Failure.Detail, StringComparison.Ordinal);
        Assert.NotNull(run.Failure().Failure.Hint);
    }

    [Fact]
    public void Says_that_there_is_only_one_class()
    {
        using var run = Small(images => [.. images.Where(i => i.Label == 0)]);
        Assert.Equal(TrainExitCode.Failed, run.Train());
        Assert.Equal("one_class", run.Failure().Failure.Code);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("val")]
    [InlineData("test")]
    public void Names_a_damaged_picture_before_the_first_step(string split)
    {
        using var run = Small();
        var victim = run.Spec.Images.First(i => i.Split == split);
        var path = Path.Combine(run.ImagesFolder, victim.Hash);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..200]);
        Assert.Equal(TrainExitCode.Failed, run.Train());
        Assert.Equal("picture_damaged", run.Failure().Failure.Code);
        Assert.Contains(victim.Hash, run.Failure().Failure.Detail, StringComparison.Ordinal);
        Assert.Empty(run.Events().OfType<MetricEvent>());
    }

    [Fact]
    public void Names_a_picture_that_is_not_there()
    {
        using var run = Small();
        File.Delete(Path.Combine(run.ImagesFolder, run.Spec.Images[0].Hash));
        Assert.Equal(TrainExitCode.Failed, run.Train());
        Assert.Equal("picture_missing", run.Failure().Failure.Code);
    }

    [Fact]
    public void Says_that_it_diverged_at_which_step_and_on_which_pictures()
    {
        var recipe = TestRecipes.Tiny();
        using var run = Small(
            recipe: recipe with
            {
                Optimizer = new() { LearningRate = 1e30, WeightDecay = 0.01 },
                Data = recipe.Data with { BatchSize = 4 },
            }
        );
        Assert.Equal(TrainExitCode.Failed, run.Train());
        var failure = run.Failure().Failure;
        Assert.Equal("diverged", failure.Code);
        Assert.Contains("at step 2. The log names the 4 pictures of that step.", failure.Detail, StringComparison.Ordinal);
        Assert.EndsWith("There was no checkpoint yet.", failure.Detail, StringComparison.Ordinal);
    }

    /// <summary>A checkpoint after the step whose update was infinite would be worth nothing.</summary>
    [Fact]
    public void Writes_no_checkpoint_with_numbers_that_are_not_finite_and_names_the_last_good_one()
    {
        using var run = Small(
            recipe: TestRecipes.Tiny(epochs: 30) with
            {
                Optimizer = new() { LearningRate = 1e19, WeightDecay = 0 },
                // The rate rises to the end, so that the first steps are harmless.
                Schedule = new() { WarmupFraction = 1 },
            }
        );
        Assert.Equal(TrainExitCode.Failed, run.Train(checkpointEvery: TimeSpan.Zero));
        var kept = Directory.GetDirectories(run.Files.Checkpoints).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(kept);
        Assert.EndsWith(
            $"The last good checkpoint is {Path.GetFileName(kept[^1])}.",
            run.Failure().Failure.Detail,
            StringComparison.Ordinal
        );
        Assert.All(
            kept.SelectMany(folder => TensorFile.Read(Path.Combine(folder, "network.safetensors")).Values),
            tensor => Assert.All(tensor.Values, value => Assert.True(float.IsFinite(value)))
        );
    }

    [Fact]
    public void Never_starts_from_random_weights_when_published_ones_are_missing()
    {
        using var run = Small(
            recipe: TestRecipes.Tiny() with
            {
                Transfer = new() { Pretrained = true, BackboneRate = 1 },
            }
        );
        Assert.Equal(TrainExitCode.Failed, run.Train());
        Assert.Equal("weights_unavailable", run.Failure().Failure.Code);
    }

    [Fact]
    public void Says_that_the_weights_are_of_another_network()
    {
        using var folder = new TempFolder();
        TorchFiles.Save(folder.File("w.pth"), ("other.weight", [1], [1]));
        using var run = Small(
            recipe: TestRecipes.Tiny() with
            {
                Transfer = new() { Pretrained = true, BackboneRate = 1 },
            },
            weights: folder.File("w.pth")
        );
        Assert.Equal(TrainExitCode.Failed, run.Train());
        Assert.Equal("weights_mismatch", run.Failure().Failure.Code);
    }

    [Fact]
    public void Is_not_published_when_the_export_answers_otherwise_than_the_network()
    {
        using var run = Small(recipe: TestRecipes.Tiny(epochs: 1));
        Assert.Equal(TrainExitCode.Failed, run.Train(proof: new Skewed()));
        Assert.Equal("export_mismatch", run.Failure().Failure.Code);
        Assert.Empty(run.Events().OfType<ResultEvent>());
        Assert.False(File.Exists(run.ResultPath(ResultFiles.Result)));
    }

    [Fact]
    public void Is_not_published_when_the_export_answers_nothing_sensible()
    {
        float[][] trained =
        [
            [1, 2],
        ];
        Assert.Throws<TrainingFailedException>(() =>
            GpuGeek.Training.Export.ExportProof.Compare(
                [
                    [float.NaN, 2],
                ],
                trained,
                1
            )
        );
        Assert.Throws<TrainingFailedException>(() =>
            GpuGeek.Training.Export.ExportProof.Compare(
                [
                    [1, 2, 3],
                ],
                trained,
                1
            )
        );
        Assert.Throws<TrainingFailedException>(() => GpuGeek.Training.Export.ExportProof.Compare([], trained, 1));
        Assert.Equal(0, GpuGeek.Training.Export.ExportProof.Compare(trained, trained, 1));
    }

    private static RunFolder Small(Func<RunImage[], RunImage[]>? choose = null, Recipe? recipe = null, string? weights = null) =>
        new(
            recipe ?? TestRecipes.Tiny(),
            folder => (choose ?? (images => images))(ShapePictures.Write(folder, 4, 2, 2, side: 40)),
            weights: weights
        );

    /// <summary>One logit off by 0.01.</summary>
    private sealed class Skewed : ICoreModelProof
    {
        public float[][] Logits(string onnxPath, float[] inputs, int count)
        {
            var rows = new OnnxRuntimeProof().Logits(onnxPath, inputs, count);
            rows[^1][0] += 0.01f;
            return rows;
        }
    }
}
