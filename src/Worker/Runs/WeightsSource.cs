using GpuGeek.Domain.Models;
using GpuGeek.Training.Weights;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Runs;

/// <summary>Published weights for a pretrained run.</summary>
internal sealed class WeightsSource(IOptions<WorkerOptions> options, HttpClient http)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private string Cache => Path.Combine(options.Value.Work, "weights");

    /// <exception cref="WeightsException"/>
    public Task<string> ResolveAsync(string architecture, CancellationToken cancellationToken) =>
        WeightsCatalog.ResolveAsync(ModelCatalog.All[architecture], options.Value.Weights, Cache, http, cancellationToken);

    /// <summary>Architectures without a local file; some of them may still be downloadable.</summary>
    public IReadOnlyList<ModelCard> NotHere() =>
        [.. ModelCatalog.All.Values.Where(card => !WeightsCatalog.IsNamed(card, options.Value.Weights, Cache))];

    /// <summary>Whether the published address responds that the file exists.</summary>
    public async Task<bool> IsOfferedAsync(ModelCard card, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, card.Weights.Url);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return response.IsSuccessStatusCode;
        }
        catch (Exception away)
            when (away is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
