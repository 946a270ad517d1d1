using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Tests.Runs;

public sealed class TheLifeOfARun
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static Run NewRun() =>
        new()
        {
            OrgId = Guid.Empty,
            Id = Guid.Empty,
            ProjectId = Guid.Empty,
            DatasetVersionId = Guid.Empty,
            DatasetName = "flowers",
            DatasetVersionNumber = 1,
            Name = "run",
            CreatedAt = Now,
            Recipe = RecipePresets.Resolve(new() { Preset = RecipePresets.Fast }),
        };

    [Fact]
    public void A_lost_worker_gives_it_back_and_the_next_attempt_counts()
    {
        var run = NewRun();
        run.Start(Now);
        run.MarkRunning();
        run.Requeue();
        run.Start(Now.AddMinutes(1));
        Assert.Equal(2, run.Attempt);
        Assert.Equal(Now, run.StartedAt);
        Assert.Equal(RunState.Starting, run.State);
    }

    [Fact]
    public void Canceling_a_queued_run_ends_it_at_once()
    {
        var run = NewRun();
        run.RequestCancel(Now);
        Assert.Equal(RunState.Canceled, run.State);
        Assert.Equal(Now, run.FinishedAt);
    }

    [Fact]
    public void Canceling_a_running_one_waits_for_its_worker()
    {
        var run = NewRun();
        run.Start(Now);
        run.MarkRunning();
        run.RequestCancel(Now);
        Assert.Equal(RunState.Canceling, run.State);
        run.Cancel(Now);
        Assert.Equal(RunState.Canceled, run.State);
    }

    [Fact]
    public void What_has_ended_stays_as_it_ended()
    {
        var run = NewRun();
        run.Start(Now);
        run.Fail(new("diverged", "The loss is not a number", "The loss became NaN at step 3."), Now);
        Assert.Equal("run_finished", Assert.Throws<DomainException>(() => run.RequestCancel(Now)).Code);
        Assert.Equal("run_finished", Assert.Throws<DomainException>(() => run.Cancel(Now)).Code);
        Assert.Equal("run_state", Assert.Throws<DomainException>(run.Requeue).Code);
        Assert.Equal("run_state", Assert.Throws<DomainException>(() => run.Start(Now)).Code);
        Assert.Equal(RunState.Failed, run.State);
    }

    [Fact]
    public void An_unknown_architecture_names_the_known_ones()
    {
        var refused = Assert.Throws<DomainException>(() =>
            RecipePresets.Resolve(new() { Preset = RecipePresets.Fast, ["model.architecture"] = "resnet19" })
        );
        Assert.Equal("unknown_architecture", refused.Code);
        Assert.Contains("resnet18", refused.Hint, StringComparison.Ordinal);
    }

    [
        Theory,
        InlineData("vit_b_16", 224),
        InlineData("vit_b_16", 64),
        InlineData("vit_b_32", 64),
        InlineData("resnet18", 33),
        InlineData("swin_t", 100),
        InlineData("efficientnet_b7", 600)
    ]
    public void An_input_size_that_the_architecture_takes_stays(string architecture, int size) =>
        Assert.Equal(
            size,
            RecipePresets
                .Resolve(
                    new()
                    {
                        Preset = RecipePresets.Fast,
                        ["model.architecture"] = architecture,
                        ["model.inputSize"] = size,
                    }
                )
                .Model.InputSize
        );

    [Theory, InlineData("vit_b_16", 200, "multiple of 16"), InlineData("vit_b_32", 240, "multiple of 32")]
    public void Another_is_refused_with_those_that_there_are(string architecture, int size, string says)
    {
        var refused = Assert.Throws<DomainException>(() =>
            RecipePresets.Resolve(
                new()
                {
                    Preset = RecipePresets.Fast,
                    ["model.architecture"] = architecture,
                    ["model.inputSize"] = size,
                }
            )
        );
        Assert.Equal("invalid_input_size", refused.Code);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(1025)]
    public void One_that_no_architecture_takes_is_refused_at_its_setting(int size)
    {
        var refused = Assert.Throws<RecipeException>(() =>
            RecipePresets.Resolve(new() { Preset = RecipePresets.Fast, ["model.inputSize"] = size })
        );
        Assert.Equal("model.inputSize", refused.Problems.Single().Path);
        Assert.Contains("32 to 1024", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stochastic_depth_needs_branches_that_learn()
    {
        Assert.Equal(
            0.2,
            RecipePresets
                .Resolve(
                    new()
                    {
                        Preset = RecipePresets.Balanced,
                        ["model.architecture"] = "resnet18",
                        ["regularization.stochasticDepth"] = 0.2,
                    }
                )
                .Regularization.StochasticDepth
        );
        foreach (
            var choices in new PartialRecipe[]
            {
                new()
                {
                    Preset = RecipePresets.Balanced,
                    ["model.architecture"] = "vgg11",
                    ["regularization.stochasticDepth"] = 0.2,
                },
                new()
                {
                    Preset = RecipePresets.Fast,
                    ["model.architecture"] = "resnet18",
                    ["regularization.stochasticDepth"] = 0.2,
                },
            }
        )
            Assert.Equal("stochastic_depth_unsupported", Assert.Throws<DomainException>(() => RecipePresets.Resolve(choices)).Code);
    }
}
