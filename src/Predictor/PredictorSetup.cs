using GpuGeek.Inference;
using Microsoft.Extensions.Options;

namespace GpuGeek.Predictor;

internal static class PredictorSetup
{
    public static void AddPredictor(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        builder
            .Services.AddOptions<PredictorOptions>()
            .Configure(o =>
            {
                o.Address = configuration["GPUGEEK_PREDICTOR_ADDRESS"] ?? "";
                o.Token = configuration["GPUGEEK_PREDICTOR_TOKEN"] ?? "";
                if (int.TryParse(configuration["GPUGEEK_PREDICTOR_THREADS"], out var threads))
                    o.Threads = threads;
                o.Provider = configuration["GPUGEEK_EXECUTION_PROVIDER"] is { Length: > 0 } provider ? provider : o.Provider;
                o.Faults = configuration["GPUGEEK_FAULTS"] == "1";
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<PredictorOptions>, ListenAddress.Check>();
        builder.Services.AddSingleton<IValidateOptions<PredictorOptions>, ExecutionProviderCheck>();
        builder.Services.AddSingleton<ModelHost>();
        builder.Services.AddSingleton(new PredictorIdentity(Guid.CreateVersion7(TimeProvider.System.GetUtcNow())));

        // Decoding and running together use every processor once.
        builder.Services.AddSingleton(new FairTurns(Environment.ProcessorCount));
        builder.Services.AddSingleton<Decoding>();
        builder.Services.AddSingleton<Admission>();
        builder.Services.AddKeyedSingleton<Admission>(AugmentationEndpoint.Previews);
    }
}
