using GpuGeek.Predictor;
using Microsoft.Extensions.Options;

var builder = WebApplication.CreateBuilder(args);
builder.AddPredictor();
builder.Services.AddTelemetry(builder.Configuration, "predictor");

// Turns occupy as many threads of the pool as there are processors; without others, requests would wait for them to be accepted.
ThreadPool.GetMinThreads(out var workers, out var completions);
ThreadPool.SetMinThreads(workers + Environment.ProcessorCount, completions);

builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
var address = builder.Configuration["GPUGEEK_PREDICTOR_ADDRESS"] ?? "";
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(address);
    kestrel.Limits.MaxRequestBodySize = PredictorEndpoints.MaxModelBytes;
    kestrel.AddServerHeader = false;
});

var app = builder.Build();
app.UseToken(builder.Configuration["GPUGEEK_PREDICTOR_TOKEN"] ?? "");
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
ListenAddress.CloseToOthers(address);
await app.WaitForShutdownAsync();
return 0;
