using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Objectives;
using GpuGeek.Training.Stopping;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

public sealed class TheMethodOfARecipe : IDisposable
{
    private readonly GraphModule _module;
    private readonly TrainingMethod _method;

    public TheMethodOfARecipe()
    {
        var g = new GraphBuilder();
        _module = new GraphModule(g.Build(g.Add("fc", new Linear(2, 3), g.Add("input", new Input(2))), "fc"), CPU);
        var recipe = TestRecipes.Tiny(epochs: 3, seed: 7);
        _method = MethodBuilder.Build(
            recipe with
            {
                Optimizer = recipe.Optimizer with { LearningRate = 0.5, ClipNorm = 2 },
                Schedule = new() { WarmupFraction = 0.2 },
                Loss = new() { LabelSmoothing = 0.3 },
            },
            _module,
            LayerPlan.Of(_module.Graph, recipe.Transfer),
            examples: 43,
            classCounts: [20, 20, 3]
        );
    }

    [Fact]
    public void Leaves_the_incomplete_batch_out_of_its_steps()
    {
        Assert.Equal((5, 15), (_method.StepsPerEpoch, _method.TotalSteps));
        using var few = MethodBuilder.Build(
            TestRecipes.Tiny(epochs: 3),
            _module,
            LayerPlan.Fixed(_module.Graph, ModePlan.Train(_module.Graph)),
            examples: 5,
            classCounts: [3, 2, 0]
        );
        Assert.Equal((1, 3), (few.StepsPerEpoch, few.TotalSteps));
    }

    [Fact]
    public void Warms_up_to_the_recipes_rate()
    {
        Assert.Equal(0.5, _method.Schedule.RateAt(3), 9);
        Assert.True(_method.Schedule.RateAt(2) < 0.5 && _method.Schedule.RateAt(15) < 0.05);
        Assert.Equal((7, 2.0), (_method.Seed, _method.ClipNorm));
    }

    [Fact]
    public void Smooths_the_labels()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[] { 1, 2, 4 }, [1, 3]);
        var batch = BatchTensors.Of(new Batch([0, 0], [2]), [2], CPU);
        var likelihoods = logits.log_softmax(1).data<float>().ToArray();
        var expected = -0.7 * likelihoods[2] - 0.3 * likelihoods.Average();
        Assert.Equal(expected, _method.Objective.Loss(logits, batch).item<float>(), 5);
    }

    [Fact]
    public void Smooths_as_exactly_as_the_numbers_are()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new double[] { 1, 2, 4 }, [1, 3]);
        var batch = BatchTensors.Of(new Batch([0, 0], [2]), [2], CPU);
        var likelihoods = logits.log_softmax(1).data<double>().ToArray();
        using var smoothed = new CrossEntropy(0.1);
        Assert.Equal(-0.9 * likelihoods[2] - 0.1 * likelihoods.Average(), smoothed.Loss(logits, batch).item<double>(), 14);
        using var focal = new Focal(0, 0.1);
        Assert.Equal(smoothed.Loss(logits, batch).item<double>(), focal.Loss(logits, batch).item<double>(), 14);
    }

    [Fact]
    public void Is_over_when_its_epochs_are_validated()
    {
        Assert.False(_method.Stopping.IsOver(new TrainingProgress { Epochs = 2, Step = 15 }));
        Assert.True(_method.Stopping.IsOver(new TrainingProgress { Epochs = 3, Step = 15 }));
    }

    [Fact]
    public void Shows_the_network_as_it_is_and_keeps_only_the_optimisers_memory()
    {
        Initialisation.All(_module, 1);
        var before = _module.Read("fc.weight");
        _method.Averaging.Follow(1);
        using (_method.Averaging.Show())
            Assert.Equal(before, _module.Read("fc.weight"));
        Assert.Equal(["optimizer"], _method.States.Select(s => s.Name));
    }

    [Fact]
    public void Weighs_rare_classes_by_their_size_or_their_effective_size()
    {
        Assert.Equal([0.375, 0.375, 2.25], ClassWeights.Inverse([60, 60, 10]), Near);
        Assert.Equal([1.0, 1, 1], ClassWeights.Effective([60, 60, 10], 0), Near);
        var effective = ClassWeights.Effective([60, 60, 10], 0.9);
        Assert.Equal((1 - Math.Pow(0.9, 60)) / (1 - Math.Pow(0.9, 10)), effective[2] / effective[0], 9);
        Assert.Equal(ClassWeights.Inverse([6, 1]), ClassWeights.Effective([6, 1], 0.999999), (a, b) => Math.Abs(a - b) < 1e-4);
        static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12;
    }

    [Fact]
    public void Stops_when_validation_does_not_improve()
    {
        var stopping = new NoImprovement(epochs: 10, patience: 2);
        Assert.False(stopping.IsOver(new TrainingProgress()));
        Assert.False(stopping.IsOver(new TrainingProgress { Epochs = 3, BestEpoch = 2 }));
        Assert.True(stopping.IsOver(new TrainingProgress { Epochs = 4, BestEpoch = 2 }));
        Assert.True(stopping.IsOver(new TrainingProgress { Epochs = 10, BestEpoch = 10 }));
    }

    public void Dispose()
    {
        _method.Dispose();
        _module.Dispose();
    }
}

public sealed class ARecipeThatFreezesTheBackbone
{
    [Theory, InlineData(0.0, true), InlineData(0.1, false)]
    public void Trains_on_embeddings_whatever_its_preset_is_called(double backboneRate, bool embeds)
    {
        using var folder = new TempFolder();
        var weights = folder.File("weights.safetensors");
        using (var module = new GraphModule(ModelRegistry.Build("mobilenet_v2", 3, 32), CPU))
        {
            Initialisation.All(module, 5);
            ModuleState.Of(module).Write(weights);
        }
        var recipe = TestRecipes.Tiny(epochs: 1);
        recipe = recipe with
        {
            Preset = embeds ? RecipePresets.Balanced : RecipePresets.Fast,
            Transfer = new() { Pretrained = true, BackboneRate = backboneRate },
        };
        using var run = new RunFolder(recipe, f => ShapePictures.Write(f, 8, 4, 4, side: 40), weights: weights);
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        Assert.Equal(embeds, run.Events().OfType<PhaseEvent>().Any(p => p.Phase == "embedding"));
    }
}
