using GpuGeek.TestSupport;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

public sealed class AnHonestWeightsFile : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_read_with_its_metadata_passed_over()
    {
        TorchFiles.Save(_folder.File("w.pth"), ("a.weight", [2, 3], [1, 2, 3, 4, 5, 6]), ("a.bias", [], [7]));
        var tensors = WeightsFile.Read(_folder.File("w.pth")).Tensors;
        Assert.Equal([2, 3], tensors["a.weight"].Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], tensors["a.weight"].Values);
        Assert.Equal([7], tensors["a.bias"].Values);
    }

    [Fact]
    public void May_carry_the_prefix_of_a_parallel_wrapper()
    {
        TorchFiles.Save(_folder.File("w.pth"), ("module.fc.bias", [1], [3]));
        Assert.Equal(["fc.bias"], WeightsFile.Read(_folder.File("w.pth")).Tensors.Keys);
    }

    [Fact]
    public void May_hold_views_of_a_shared_storage()
    {
        var pickle = new Pickle()
            .OpenDict()
            .Text("whole")
            .Tensor("0", "FloatStorage", 6, 0, [2, 3], [3, 1])
            .Text("turned")
            .Tensor("0", "FloatStorage", 6, 0, [3, 2], [1, 3])
            .Text("tail")
            .Tensor("0", "FloatStorage", 6, 4, [2], [1])
            .Op('u')
            .End();
        TorchFiles.Zip(_folder.File("w.pth"), pickle, Floats(1, 2, 3, 4, 5, 6));
        var tensors = WeightsFile.Read(_folder.File("w.pth")).Tensors;
        Assert.Equal([1, 4, 2, 5, 3, 6], tensors["turned"].Values);
        Assert.Equal([5, 6], tensors["tail"].Values);
    }

    public static TheoryData<string, string> Types =>
        new()
        {
            { "HalfStorage", "003C00C0" },
            { "BFloat16Storage", "803F00C0" },
            { "DoubleStorage", "000000000000F03F00000000000000C0" },
            { "LongStorage", "0100000000000000FEFFFFFFFFFFFFFF" },
            { "CharStorage", "01FE" },
        };

    /// <summary>Bytes written by hand from the formats' definitions: 1 and −2 in each type.</summary>
    [Theory, MemberData(nameof(Types))]
    public void May_be_of_another_type(string type, string hex)
    {
        TorchFiles.Zip(
            _folder.File("w.pth"),
            new Pickle().OpenDict().Text("x").Tensor("0", type, 2, 0, [2], [1]).Op('u').End(),
            Convert.FromHexString(hex)
        );
        Assert.Equal([1, -2], WeightsFile.Read(_folder.File("w.pth")).Tensors["x"].Values);
    }

    [Fact]
    public void Of_MobileNetV2_fits_the_network_and_its_head_is_replaced_for_other_classes()
    {
        if (SharedData.WeightsFolder is not { } folder)
        {
            Assert.Skip("../shared/weights is absent.");
            return;
        }
        var tensors = WeightsFile.Read(Path.Combine(folder, "mobilenet_v2-a176b74e.pth")).Tensors;
        using var thousand = new GraphModule(ModelRegistry.Build("mobilenet_v2", 1000, 224), TorchSharp.torch.CPU);
        Assert.False(WeightsLoading.Load(thousand, tensors).HeadReplaced);
        Assert.Equal(tensors["features.3.conv.1.0.weight"].Values, thousand.Read("features.3.conv.1.0.weight"));
        using var five = new GraphModule(ModelRegistry.Build("mobilenet_v2", 5, 224), TorchSharp.torch.CPU);
        Assert.True(WeightsLoading.Load(five, tensors).HeadReplaced);
    }

    [Fact]
    public void Of_another_network_is_refused_with_what_is_missing_unexpected_and_of_another_shape()
    {
        TorchFiles.Save(_folder.File("w.pth"), ("conv1.weight", [1, 2], [1, 2]), ("strange", [1], [1]));
        using var module = new GraphModule(ModelRegistry.Build("resnet18", 5, 64), TorchSharp.torch.CPU);
        var refused = Assert.Throws<WeightsException>(() => WeightsLoading.Load(module, WeightsFile.Read(_folder.File("w.pth")).Tensors));
        Assert.Equal("weights_mismatch", refused.Code);
        Assert.Contains("missing (bn1.weight", refused.Message, StringComparison.Ordinal);
        Assert.Contains("1 unexpected (strange)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("conv1.weight: network 64×3×7×7, file 1×2", refused.Message, StringComparison.Ordinal);
    }

    private static byte[] Floats(params float[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
