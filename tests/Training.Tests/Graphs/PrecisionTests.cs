using GpuGeek.Training.Averaging;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Objectives;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Stopping;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Graphs;

public sealed class TrainingInBFloat16
{
    private const int Size = 64,
        Classes = 3;

    /// <summary>Waves of different lengths.</summary>
    private static readonly Batch Four = new(
        [.. Enumerable.Range(0, 4 * 3 * Size * Size).Select(i => MathF.Sin(i * (1 + i / (3 * Size * Size)) * 0.37f))],
        [0, 1, 2, 0],
        [0, 1, 2, 3]
    );

    /// <summary>The whole gradient has the direction of float32's, and what the optimiser touches is float32. With batch normalisation
    /// over few pictures, a network of random numbers makes chaos of any difference: see the next test.</summary>
    [Theory]
    [InlineData("squeezenet1_0")]
    [InlineData("convnext_tiny")]
    [InlineData("deit_tiny_patch16_224")]
    [InlineData("swin_t")]
    public void Computes_nearly_the_gradient_of_float32(string name)
    {
        using var scope = NewDisposeScope();
        using var module = Network(name);
        var batch = BatchTensors.Of(Four, [3, Size, Size], CPU);

        (Tensor Logits, Tensor Gradient) Pass(Precision precision)
        {
            module.FlatGradient.zero_();
            var logits = module.Forward(batch.Inputs, ModePlan.TrainWithoutChance(module.Graph), precision: precision);
            nn.functional.cross_entropy(logits, batch.Labels).backward();
            return (logits, module.FlatGradient.to(ScalarType.Float64));
        }

        var (exact, low) = (Pass(Precision.Float32), Pass(Precision.BFloat16));
        Assert.Equal((ScalarType.Float32, ScalarType.Float32), (low.Logits.dtype, module.FlatGradient.dtype));
        Assert.False(exact.Logits.equal(low.Logits).all().item<bool>());
        Assert.InRange(nn.functional.cosine_similarity(exact.Gradient, low.Gradient, 0, 1e-12).item<double>(), 0.98, 1.000001);
    }

    [Theory]
    [InlineData("mobilenet_v3_small")]
    [InlineData("resnet18")]
    [InlineData("shufflenet_v2_x1_0")]
    public void Learns_four_pictures_by_heart_as_in_float32(string name)
    {
        var (exact, low) = (Losses(name, Precision.Float32), Losses(name, Precision.BFloat16));
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}: {exact[^1]:0.0000} in float32, {low[^1]:0.0000} in bfloat16");
        Assert.NotEqual(exact, low);
        Assert.InRange(low[^1], 0, 0.5 * Math.Log(Classes));
        Assert.InRange(exact[^1], 0, 0.5 * Math.Log(Classes));
    }

    private static double[] Losses(string name, Precision precision)
    {
        const int Steps = 15;
        using var module = Network(name);
        using var method = new TrainingMethod
        {
            Layers = LayerPlan.Fixed(module.Graph, ModePlan.Train(module.Graph)),
            Objective = new CrossEntropy(0, null),
            Optimizer = new Adam(module, default, decoupled: true),
            Schedule = new WarmedUp(1e-3, Steps, Steps, 0, Curves.Constant),
            Averaging = new NoAveraging(),
            Stopping = new EpochBudget(1),
            States = [],
            Seed = 3,
            StepsPerEpoch = Steps,
            TotalSteps = Steps,
        };
        var step = new TrainingStep(method, module, [3, Size, Size], new StepRecord(CPU, TimeProvider.System));
        // Every step, not the last alone: Last() on a range would skip the others.
        return [.. Enumerable.Range(1, Steps).Select(number => step.Run(Four, number, precision)!.Value.Loss)];
    }

    private static GraphModule Network(string name)
    {
        var module = new GraphModule(ModelRegistry.Build(name, Classes, Size), CPU);
        Initialisation.All(module, 1);
        return module;
    }

    [Fact]
    public void Leaves_the_thread_as_it_was()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(4, 4),
            b = ones(4, 4);
        using (Autocast.Enter(CPU, Precision.BFloat16))
        {
            Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
            using (Autocast.Enter(CPU, Precision.BFloat16))
                Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
            Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
            using (var twice = Autocast.Enter(CPU, Precision.BFloat16))
                twice!.Dispose();
            Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
        }
        Assert.Equal(ScalarType.Float32, a.matmul(b).dtype);
        Assert.Null(Autocast.Enter(CPU, Precision.Float32));
    }

    [Fact]
    public void Leaves_the_thread_as_it_was_when_a_pass_fails()
    {
        using var scope = NewDisposeScope();
        using var module = new GraphModule(ModelRegistry.Build("resnet18", 3, 64), CPU);
        Assert.ThrowsAny<Exception>(() => module.Forward(ones(2, 5), ModePlan.Eval(module.Graph), precision: Precision.BFloat16));
        Assert.Equal(ScalarType.Float32, ones(4, 4).matmul(ones(4, 4)).dtype);
    }
}
