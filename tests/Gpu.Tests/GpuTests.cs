using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training;
using GpuGeek.Training.Devices;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Gpu.Tests;

/// <summary>Runs where NVIDIA's driver and CUDA's libtorch are, and says why elsewhere.</summary>
public sealed class AGpu
{
    private const string NoDevice =
        "libtorch finds no CUDA device here: docs/gpu.md says how to run these tests on a machine that has one.";

    /// <summary>Of logits: CUDA's convolutions add in another order, and round to 10 bits where TF32 is on.</summary>
    private const double Close = 2e-2;

    static AGpu()
    {
        NativeTuning.Apply();
        NativeLibtorch.Load();
        NativeTuning.LoadWithoutNnpack();
    }

    private static Device Cuda
    {
        get
        {
            Assert.SkipUnless(cuda.is_available(), NoDevice);
            return new Device(DeviceType.CUDA, 0);
        }
    }

    private static Recipe Recipe(params string[] settings)
    {
        var asked = new PartialRecipe { Preset = "balanced" };
        string[] small =
        [
            "model.architecture=resnet18",
            "transfer.pretrained=false",
            "model.inputSize=64",
            "data.batchSize=16",
            "budget.epochs=6",
            "compute.precision=float32",
        ];
        foreach (var setting in (string[])[.. small, .. settings])
            asked.Set(setting);
        return RecipePresets.Resolve(asked);
    }

    private static RunFolder Folder(string device, params string[] settings)
    {
        var run = new RunFolder(Recipe(settings), folder => ShapePictures.Write(folder, 60, 12, 20, side: 72));
        run.WriteSpec(run.Spec with { Device = device });
        return run;
    }

    [Fact]
    public void That_is_not_there_fails_the_run_with_what_to_do()
    {
        Assert.SkipWhen(cuda.is_available(), "There is one.");
        using var run = Folder(RunSpec.Cuda);
        Assert.Equal(TrainExitCode.Failed, run.Train());
        Assert.Equal("device_missing", run.Failure().Failure.Code);
        Assert.Contains("doctor", run.Failure().Failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_needed_for_float16()
    {
        using var run = Folder(RunSpec.Cpu, "compute.precision=float16");
        Assert.Equal(TrainExitCode.Failed, run.Train());
        Assert.Equal("float16_needs_gpu", run.Failure().Failure.Code);
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("efficientnet_b0")]
    [InlineData("vit_b_16")]
    [InlineData("swin_t")]
    [InlineData("convnext_tiny")]
    public void Gives_the_logits_of_the_processor(string architecture)
    {
        var device = Cuda;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var side = ModelCatalog.All[architecture].InputSize;
        var input = linspace(-2, 2, 2L * side * side * 3, device: CPU).sin().view(2, side, side, 3).permute(0, 3, 1, 2);
        float[] Logits(Device where)
        {
            using var network = new GraphModule(ModelRegistry.Build(architecture, 10, side), where);
            Initialisation.All(network, seed: 1);
            return network.Forward(input.to(where), ModePlan.Eval(network.Graph)).cpu().data<float>().ToArray();
        }
        foreach (var (expected, got) in Logits(CPU).Zip(Logits(device)))
            Assert.Equal(expected, got, Close);
    }

    [Fact]
    public void Learns_what_the_processor_learns()
    {
        _ = Cuda;
        using RunFolder here = Folder(RunSpec.Cpu),
            there = Folder(RunSpec.Cuda);
        Assert.Equal(TrainExitCode.Succeeded, here.Train());
        Assert.Equal(TrainExitCode.Succeeded, there.Train());
        double FirstLoss(RunFolder run) => run.Events().OfType<MetricEvent>().First(p => p.Name == MetricNames.TrainLoss).Value;
        Assert.Equal(FirstLoss(here), FirstLoss(there), 1e-2);
        Assert.InRange(there.Result().TestAccuracy, here.Result().TestAccuracy - 0.15, 1);
        Assert.InRange(there.Result().OnnxMaxDifference, 0, 1e-2);
        var steps = there.Events().OfType<MetricEvent>().Where(p => p.Name == MetricNames.TrainLoss).Select(p => p.Step).ToArray();
        Assert.Equal(Enumerable.Range(1, steps.Length).Select(i => (long)i), steps);
    }

    [Theory]
    [InlineData("bfloat16")]
    [InlineData("float16")]
    [InlineData("auto")]
    public void Learns_in_low_precision(string precision)
    {
        _ = Cuda;
        using var run = Folder(RunSpec.Cuda, $"compute.precision={precision}");
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        Assert.InRange(run.Result().TestAccuracy, 0.6, 1);
    }

    [Fact]
    public void Goes_on_from_a_checkpoint()
    {
        _ = Cuda;
        using var run = Folder(RunSpec.Cuda);
        Assert.Equal(TrainExitCode.Stopped, run.TrainUntil(60, TimeSpan.FromMilliseconds(1)));
        Assert.Equal(TrainExitCode.Succeeded, run.Train());
        Assert.InRange(run.Result().TestAccuracy, 0.6, 1);
    }

    [Fact]
    public void Keeps_no_memory_of_earlier_epochs()
    {
        _ = Cuda;
        using var gpu = VisibleGpu.Open();
        Assert.NotNull(gpu);
        using RunFolder few = Folder(RunSpec.Cuda, "budget.epochs=3"),
            many = Folder(RunSpec.Cuda, "budget.epochs=30");
        long UsedAfter(RunFolder run)
        {
            Assert.Equal(TrainExitCode.Succeeded, run.Train());
            return gpu.Read()!.MemoryBytes;
        }
        var after = UsedAfter(few);
        Assert.InRange(UsedAfter(many), 0, after + (64L << 20));
    }

    [Fact]
    public void That_is_too_small_gets_fewer_pictures_at_once()
    {
        _ = Cuda;
        // 180 pictures of 1,024 pixels through VGG-16 need more than a hundred gigabytes.
        using var run = Folder(RunSpec.Cuda, "model.architecture=vgg16", "model.inputSize=1024", "data.batchSize=180", "budget.epochs=1");
        var code = run.Train();
        Assert.True(code == TrainExitCode.Succeeded || run.Failure().Failure.Code == "memory_too_small");
    }
}
