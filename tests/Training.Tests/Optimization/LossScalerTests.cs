using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Optimization;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Optimization;

/// <summary>The scaler's arithmetic; float16 itself needs a GPU.</summary>
public sealed class AScaledLoss : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    private static float Scale(LossScaler scaler) => scaler.Scaled(tensor(1f, device: CPU)).item<float>();

    /// <returns>Whether the gradient was finite.</returns>
    private static bool Step(LossScaler scaler, float gradient)
    {
        var all = tensor(new[] { 1f, gradient, -2f }, device: CPU);
        var isFinite = scaler.Unscale(all);
        scaler.Update(isFinite);
        return isFinite.item<bool>();
    }

    [Fact]
    public void Is_halved_by_an_infinite_gradient_and_doubled_after_enough_finite_ones()
    {
        using var scaler = new LossScaler(CPU, initial: 1024, interval: 3);
        Assert.Equal([true, true, false], [Step(scaler, 1), Step(scaler, 1), Step(scaler, float.PositiveInfinity)]);
        Assert.Equal(512, Scale(scaler));
        // Counting begins again.
        Assert.True(Step(scaler, 1) && Step(scaler, 1));
        Assert.Equal(512, Scale(scaler));
        Assert.True(Step(scaler, 1));
        Assert.Equal(1024, Scale(scaler));
        Assert.False(Step(scaler, float.NaN));
        Assert.Equal(512, Scale(scaler));
    }

    [Fact]
    public void Gives_the_gradient_its_own_size_again()
    {
        using var scaler = new LossScaler(CPU, initial: 1024);
        var gradient = tensor(new[] { 1024f, -512f }, device: CPU).clone();
        Assert.True(scaler.Unscale(gradient).item<bool>());
        Assert.Equal([1f, -0.5f], gradient.data<float>().ToArray());
    }

    [Fact]
    public void Goes_on_from_a_checkpoint()
    {
        using LossScaler scaler = new(CPU, initial: 1024, interval: 3),
            resumed = new(CPU, initial: 1024, interval: 3);
        Assert.False(Step(scaler, float.PositiveInfinity));
        Assert.True(Step(scaler, 1) && Step(scaler, 1));
        resumed.Load(
            scaler.Save(new SnapshotMemory.Part(new SnapshotMemory(), scaler.Name)).ToDictionary(t => t.Name, StringComparer.Ordinal)
        );
        Assert.Equal(512, Scale(resumed));
        Assert.True(Step(resumed, 1));
        Assert.Equal(1024, Scale(resumed));
    }
}
