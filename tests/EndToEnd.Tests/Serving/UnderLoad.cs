using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Deployments;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;

namespace GpuGeek.EndToEnd.Tests.Serving;

/// <summary>Clients that send the same picture to a deployment, one request after the other, and record every response.</summary>
internal sealed class UnderLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly HttpClient _http;
    private readonly Task[] _clients;

    private UnderLoad(Account account, string key, DeploymentResponse deployment, byte[] picture, int clients)
    {
        _http = account.Platform.Http(key);
        _clients = [.. Enumerable.Range(0, clients).Select(_ => Task.Run(() => SendAsync(new(deployment.Url), picture)))];
    }

    /// <summary>Answers by their status and the hash of the model that gave them.</summary>
    public ConcurrentDictionary<(HttpStatusCode Status, string? Artefact), int> Answers { get; } = new();

    /// <summary>Responses of 503 and 429 without Retry-After.</summary>
    public int WithoutRetryAfter;

    public int Total => Answers.Values.Sum();

    public static async Task<UnderLoad> StartAsync(Account account, DeploymentResponse deployment, byte[] picture, int clients = 8) =>
        new(account, await account.PredictKeyAsync(), deployment, picture, clients);

    /// <summary>Waits until so many more answers have come.</summary>
    public async Task MoreAsync(int answers)
    {
        var enough = Total + answers;
        await Eventually.HoldsAsync(
            async () =>
            {
                if (Array.Find(_clients, c => c.IsFaulted) is { } failed)
                    await failed;
                return Total;
            },
            total => total >= enough
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(Uri address, byte[] picture)
    {
        while (!_stop.IsCancellationRequested)
        {
            using var content = new ByteArrayContent(picture);
            // A request in flight at the end of the load is completed: nothing is cut off.
            using var response = await _http.PostAsync(address, content, TestContext.Current.CancellationToken);
            var artefact = response.IsSuccessStatusCode
                ? (await response.Content.ReadFromJsonAsync<PredictionResponse>(GpuGeekClient.Json, TestContext.Current.CancellationToken))!
                    .Model
                    .Artefact
                : null;
            if (!response.IsSuccessStatusCode && response.Headers.RetryAfter is null)
                Interlocked.Increment(ref WithoutRetryAfter);
            Answers.AddOrUpdate((response.StatusCode, artefact), 1, (_, n) => n + 1);
        }
    }
}
