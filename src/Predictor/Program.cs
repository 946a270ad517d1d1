using GpuGeek.Inference;
using GpuGeek.Predictor;
using Microsoft.Extensions.Options;

var builder = WebApplication.CreateBuilder(args);
builder
    .Services.AddOptions<PredictorOptions>()
    .Configure(o =>
    {
        o.Socket = builder.Configuration["GPUGEEK_PREDICTOR_SOCKET"] ?? "";
        if (int.TryParse(builder.Configuration["GPUGEEK_PREDICTOR_THREADS"], out var threads))
            o.Threads = threads;
        o.Provider = builder.Configuration["GPUGEEK_EXECUTION_PROVIDER"] is { Length: > 0 } provider ? provider : o.Provider;
        o.Faults = builder.Configuration["GPUGEEK_FAULTS"] == "1";
    })
    .ValidateDataAnnotations()
    .ValidateOnStart();
builder.Services.AddSingleton<IValidateOptions<PredictorOptions>, ExecutionProviderCheck>();
builder.Services.AddSingleton<ModelHost>();
builder.Services.AddSingleton(new PredictorIdentity(Guid.CreateVersion7(TimeProvider.System.GetUtcNow())));

// Decoding and running together use every processor once.
builder.Services.AddSingleton(new FairTurns(Environment.ProcessorCount));
builder.Services.AddSingleton<Decoding>();
builder.Services.AddSingleton<Admission>();
builder.Services.AddTelemetry(builder.Configuration, "predictor");

// Turns occupy as many threads of the pool as there are processors; without others, requests would wait for them to be accepted.
ThreadPool.GetMinThreads(out var workers, out var completions);
ThreadPool.SetMinThreads(workers + Environment.ProcessorCount, completions);

builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
var socket = builder.Configuration["GPUGEEK_PREDICTOR_SOCKET"] ?? "";

// A socket file outlives a killed process; no process listens on it any more.
if (socket.Length > 0)
    File.Delete(socket);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    if (socket.Length > 0)
        kestrel.ListenUnixSocket(socket);
    kestrel.Limits.MaxRequestBodySize = PredictorEndpoints.MaxModelBytes;
    kestrel.AddServerHeader = false;
});

var app = builder.Build();
app.MapPredictor();
try
{
    await app.StartAsync();
}
catch (OptionsValidationException invalid)
{
    await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, invalid.Failures));
    return 1;
}
File.SetUnixFileMode(
    app.Services.GetRequiredService<IOptions<PredictorOptions>>().Value.Socket,
    UnixFileMode.UserRead | UnixFileMode.UserWrite
);
await app.WaitForShutdownAsync();
return 0;
