using GpuGeek.Training.Graphs;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Tests.Support;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Optimization;

public sealed class AdamWSteps
{
    /// <summary>Two steps by hand: rate 0.1, decay 0.5, gradients 2 then −1.</summary>
    [Fact]
    public void Equal_the_published_formula()
    {
        using var module = Line();
        module.Write("fc.weight", [1f]);
        module.Write("fc.bias", [1f]);
        using var optimizer = new Adam(module, new(0.5), decoupled: true);
        double weight = 1,
            bias = 1,
            m = 0,
            v = 0;
        foreach (var (gradient, step) in new[] { (2.0, 1), (-1.0, 2) })
        {
            using (no_grad())
                module.FlatGradient.fill_(gradient);
            optimizer.Step(step, Rates.Of(module, 0.1));
            (m, v) = (0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient * gradient);
            var update = 0.1 * (m / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, step))) + 1e-8);
            weight = weight * (1 - 0.1 * 0.5) - update;
            bias -= update;
        }
        Assert.Equal(weight, module.Read("fc.weight")[0], 5);
        Assert.Equal(bias, module.Read("fc.bias")[0], 5); // a bias is not decayed
    }

    [Fact]
    public void Equal_those_of_libtorchs_own_AdamW_on_a_network()
    {
        using var scope = NewDisposeScope();
        using var module = Line(6, 4);
        GpuGeek.Training.Weights.Initialisation.All(module, 3);
        using var twin = nn.Linear(6, 4);
        using (no_grad())
        {
            twin.weight!.copy_(tensor(module.Read("fc.weight"), [4, 6]));
            twin.bias!.copy_(tensor(module.Read("fc.bias")));
        }
        using var decayed = optim.AdamW([twin.weight!], 0.01, weight_decay: 0.1);
        using var undecayed = optim.AdamW([twin.bias!], 0.01, weight_decay: 0);
        using var ours = new Adam(module, new(0.1), decoupled: true);
        for (var step = 1; step <= 10; step++)
        {
            var x = randn(5, 6);
            decayed.zero_grad();
            undecayed.zero_grad();
            twin.forward(x).pow(2).mean().backward();
            decayed.step();
            undecayed.step();
            ours.ZeroGradients();
            module.Forward(x, ModePlan.Train(module.Graph)).pow(2).mean().backward();
            ours.Step(step, Rates.Of(module, 0.01));
        }
        foreach (var (a, b) in module.Read("fc.weight").Zip(twin.weight!.detach().data<float>().ToArray()))
            Assert.Equal(b, a, 5);
    }

    private static GraphModule Line(int input = 1, int output = 1)
    {
        var g = new GraphBuilder();
        return new GraphModule(g.Build(g.Add("fc", new Linear(input, output), g.Add("input", new Input(input))), "fc"), CPU);
    }
}
