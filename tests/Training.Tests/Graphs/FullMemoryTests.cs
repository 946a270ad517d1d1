using System.Runtime.InteropServices;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Graphs;

public sealed class AProductOfMatrices
{
    [Fact]
    public void That_does_not_fit_into_memory_is_an_error_and_not_the_end_of_the_process()
    {
        using var scope = NewDisposeScope();
        using var one = ones(1, 1, 1, 1, device: CPU);
        var full = Assert.Throws<ExternalException>(() => TorchOps.Product(one.expand(1, 1, 1L << 29, 1), one.expand(1, 1, 1, 1L << 29)));
        Assert.True(DeviceFull.Is(full), full.Message);
    }

    [Theory]
    [InlineData(2, 3, 5, 7, 4)]
    [InlineData(1, 1, 1, 1, 1)]
    public void Has_the_bits_of_matmul(long pictures, long heads, long rows, long inner, long columns)
    {
        using var scope = NewDisposeScope();
        Tensor left = Waves(pictures, heads, rows, inner),
            right = Waves(pictures, heads, columns, inner).transpose(2, 3);
#pragma warning disable RS0030 // It is what the product is compared with.
        Assert.Equal(left.matmul(right).data<float>().ToArray(), TorchOps.Product(left, right).data<float>().ToArray());
#pragma warning restore RS0030
    }

    private static Tensor Waves(params long[] shape) => linspace(-3, 3, shape.Aggregate((a, b) => a * b), device: CPU).sin().view(shape);
}
