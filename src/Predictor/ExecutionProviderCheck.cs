using GpuGeek.Inference;
using Microsoft.Extensions.Options;

namespace GpuGeek.Predictor;

/// <summary>Refuses a provider at the start: otherwise every model would be refused later.</summary>
internal sealed class ExecutionProviderCheck : IValidateOptions<PredictorOptions>
{
    public ValidateOptionsResult Validate(string? name, PredictorOptions options)
    {
        if (ExecutionProviders.Parse(options.Provider) is not { } provider)
            return ValidateOptionsResult.Fail($"GPUGEEK_EXECUTION_PROVIDER is '{options.Provider}': it can be cpu, cuda or tensorrt.");
        // The default does not load ONNX Runtime and the driver at the start.
        return
            provider != ExecutionProvider.Cpu
            && ExecutionProviders.Refusal(provider, ExecutionProviders.Built(), NvidiaDevices.Count()) is { } refusal
            ? ValidateOptionsResult.Fail($"GPUGEEK_EXECUTION_PROVIDER is '{options.Provider}', but {refusal}")
            : ValidateOptionsResult.Success;
    }
}
