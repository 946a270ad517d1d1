using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Tests.Graphs;
using GpuGeek.Training.Tests.Peers;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Models;

public sealed class LearningInEveryNetwork
{
    private const int Size = 64,
        Steps = 50;

    /// <summary>Shares of the whole gradient: rounding stays below the first, what is there lies above the second.</summary>
    private const double Nothing = 1e-11,
        Something = 1e-9;

    public static TheoryData<string> OfEachBlock => [.. Zoo.OfEachBlock];

    [Theory, MemberData(nameof(OfEachBlock))]
    public void Sends_a_gradient_to_every_parameter_but_those_that_have_none_by_mathematics(string name) => Follow(name);

    [Theory, InlineData("vgg11_bn")]
    public void So_it_does_where_a_bias_stands_before_a_batch_norm(string name)
    {
        Zoo.SkipUnlessLong();
        Follow(name);
    }

    private static void Follow(string name)
    {
        using var scope = NewDisposeScope();
        using var module = new GraphModule(ModelRegistry.Build(name, 7, Size), CPU, ScalarType.Float64);
        Fill(module);
        var logits = module.Forward(
            tensor(GeneratedNumbers.Normal("input", 4 * 3 * Size * Size), 4, 3, Size, Size),
            ModePlan.TrainWithoutChance(module.Graph)
        );
        Assert.Equal([4, 7], logits.shape);
        nn.functional.cross_entropy(logits, tensor(new long[] { 0, 1, 2, 3 })).backward();
        Assert.True(module.FlatGradient.isfinite().all().item<bool>());
        double Share(Tensor gradient) => gradient.norm().item<double>() / module.FlatGradient.norm().item<double>();
        var zero = new ZeroByMathematics(module.Graph);
        var biases = zero.Biases.ToHashSet(StringComparer.Ordinal);
        foreach (var p in module.Graph.Parameters.Where(p => p.IsLearnt))
        {
            var share = Share(module[p.Name].grad!);
            Assert.True(biases.Contains(p.Name) ? share < Nothing : share > Something, $"{p.Name}: {share}");
        }
        foreach (var (bias, width) in zero.Keys)
            for (var third = 0; third < 3; third++)
            {
                var share = Share(module[bias].grad!.narrow(0, third * width, width));
                Assert.True(third == 1 ? share < Nothing : share > Something, $"{bias}, third {third}: {share}");
            }
    }

    [
        Theory,
        InlineData("deit_tiny_patch16_224"),
        InlineData("mobilenet_v3_small"),
        InlineData("shufflenet_v2_x0_5"),
        InlineData("squeezenet1_1")
    ]
    public void Leaves_no_tensor_behind_in_fifty_steps(string name) => Count(name, Steps);

    [Theory, MemberData(nameof(OfEachBlock))]
    public void Nor_does_any_other(string name) => Count(name, Zoo.IsLong ? Steps : 4);

    [Fact]
    public void One_that_is_left_behind_is_counted()
    {
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Tensor left;
        using (NewDisposeScope())
            left = zeros(1).DetachFromDisposeScope();
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        left.Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static void Count(string name, int steps)
    {
        using var module = new GraphModule(ModelRegistry.Build(name, 3, 32), CPU);
        Initialisation.All(module, 1);
        var plan = ModePlan.Train(module.Graph);
        module.RequireGradients(plan);
        using var optimizer = new Adam(module, new(0.01), decoupled: true);
        Step(module, plan, optimizer);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var step = 1; step < steps; step++)
        {
            Step(module, plan, optimizer);
            Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }
    }

    private static void Step(GraphModule module, ModePlan plan, Adam optimizer)
    {
        using var scope = NewDisposeScope();
        optimizer.ZeroGradients();
        nn.functional.cross_entropy(module.Forward(randn(2, 3, 32, 32), plan), tensor(new long[] { 0, 1 })).backward();
        optimizer.Step(1, Rates.Of(module, 1e-4));
    }

    private static void Fill(GraphModule module)
    {
        using var frozen = no_grad();
        foreach (var p in module.Graph.Parameters.Where(p => p.IsLearnt))
        {
            using var scope = NewDisposeScope();
            module[p.Name].copy_(tensor(GeneratedNumbers.Parameter(p.Name, p.Shape, GeneratedNumbers.Gain(module.Graph)), p.Shape));
        }
    }
}
