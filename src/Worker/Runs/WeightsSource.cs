using GpuGeek.Domain.Models;
using GpuGeek.Training.Weights;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>Published weights for a pretrained run.</summary>
internal sealed class WeightsSource(IOptions<WorkerOptions> options, HttpClient http)
{
    /// <exception cref="WeightsException"/>
    public Task<string> ResolveAsync(string architecture, CancellationToken cancellationToken) =>
        WeightsCatalog.ResolveAsync(ModelCatalog.All[architecture], options.Value.Weights, Path.Combine(options.Value.Work, "weights"), http, cancellationToken);
}
