namespace GpuGeek.Inference.Tests;

public sealed class AnExecutionProvider
{
    private static readonly string[] GpuBuild = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"];
    private static readonly string[] CpuBuild = ["CPUExecutionProvider"];

    [Theory]
    [InlineData("cpu", ExecutionProvider.Cpu)]
    [InlineData("cuda", ExecutionProvider.Cuda)]
    [InlineData("tensorrt", ExecutionProvider.TensorRt)]
    public void Is_chosen_by_its_name_if_build_and_machine_have_it(string name, ExecutionProvider expected)
    {
        Assert.Equal(expected, ExecutionProviders.Parse(name));
        Assert.Null(ExecutionProviders.Refusal(expected, GpuBuild, devices: 1));
    }

    [Fact]
    public void Is_always_there_if_it_is_the_cpus() =>
        Assert.Null(ExecutionProviders.Refusal(ExecutionProvider.Cpu, ExecutionProviders.Built(), devices: 0));

    [Theory]
    [InlineData(ExecutionProvider.Cuda, "no CUDAExecutionProvider")]
    [InlineData(ExecutionProvider.TensorRt, "no TensorrtExecutionProvider")]
    public void Is_refused_if_the_build_lacks_it(ExecutionProvider provider, string reason) =>
        Assert.Contains(reason, ExecutionProviders.Refusal(provider, CpuBuild, devices: 1), StringComparison.Ordinal);

    [Theory]
    [InlineData(ExecutionProvider.Cuda)]
    [InlineData(ExecutionProvider.TensorRt)]
    public void Is_refused_if_there_is_no_device(ExecutionProvider provider) =>
        Assert.Contains("no NVIDIA device", ExecutionProviders.Refusal(provider, GpuBuild, devices: 0), StringComparison.Ordinal);

    /// <summary>With the default build on any machine, and with the other one where no device is.</summary>
    [Theory]
    [InlineData("cuda", "GPUGEEK_EXECUTION_PROVIDER is 'cuda', but this ")]
    [InlineData("tensorrt", "GPUGEEK_EXECUTION_PROVIDER is 'tensorrt', but this ")]
    [InlineData("npu", "GPUGEEK_EXECUTION_PROVIDER is 'npu': it can be cpu, cuda or tensorrt.")]
    public async Task That_is_not_there_stops_the_start_with_one_sentence(string name, string sentence)
    {
        Assert.SkipWhen(
            NvidiaDevices.Count() > 0 && ExecutionProviders.Built().Count > 1 && name != "npu",
            "This build and this machine have the provider."
        );
        Assert.StartsWith(sentence, await RefusedStart.SaysAsync(("GPUGEEK_EXECUTION_PROVIDER", name)), StringComparison.Ordinal);
    }
}
