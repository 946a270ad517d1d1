using Microsoft.ML.OnnxRuntime;

namespace GpuGeek.Inference;

/// <summary>The providers of this build and of this machine. The build with <c>OnnxBackend=gpu</c> has those of NVIDIA; no device has run
/// them yet.</summary>
public static class ExecutionProviders
{
    /// <summary>Names of the providers that this build has, as ONNX Runtime calls them.</summary>
    public static IReadOnlyCollection<string> Built() => OrtEnv.Instance().GetAvailableProviders();

    /// <returns>Null for any other name.</returns>
    public static ExecutionProvider? Parse(string name) =>
        name switch
        {
            "cpu" => ExecutionProvider.Cpu,
            "cuda" => ExecutionProvider.Cuda,
            "tensorrt" => ExecutionProvider.TensorRt,
            _ => null,
        };

    /// <param name="built">See <see cref="Built"/>.</param>
    /// <param name="devices">NVIDIA devices of this machine.</param>
    /// <returns>Null if the provider can be used, else why not, in one sentence.</returns>
    public static string? Refusal(ExecutionProvider provider, IReadOnlyCollection<string> built, int devices)
    {
        if (provider == ExecutionProvider.Cpu)
            return null;
        var name = provider == ExecutionProvider.Cuda ? "CUDAExecutionProvider" : "TensorrtExecutionProvider";
        if (!built.Contains(name))
            return $"this build of ONNX Runtime has no {name}: build with -p:OnnxBackend=gpu, or use cpu.";
        return devices > 0 ? null : "this machine shows no NVIDIA device: give the process one and its driver, or use cpu.";
    }

    internal static void AppendTo(SessionOptions options, ExecutionProvider provider)
    {
        if (provider == ExecutionProvider.TensorRt)
            options.AppendExecutionProvider_Tensorrt();
        if (provider != ExecutionProvider.Cpu)
            options.AppendExecutionProvider_CUDA();
    }
}
