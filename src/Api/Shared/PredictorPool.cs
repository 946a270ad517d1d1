using System.Diagnostics;
using System.Net;
using GpuGeek.Api.Http;
using GpuGeek.Domain.Deployments;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Shared;

/// <summary>All predictors of the installation.</summary>
internal sealed class PredictorPool : IDisposable
{
    /// <summary>Maximum number of pictures that wait in memory for a restarting predictor.</summary>
    private const int MaxWaiting = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<string, PredictorClient> _clients;
    private readonly TimeSpan _patience;
    private readonly SemaphoreSlim _waiting = new(MaxWaiting);

    public PredictorPool(IOptions<ApiOptions> options)
    {
        _patience = TimeSpan.FromSeconds(options.Value.PredictorPatience);
        _clients = PredictorAddress
            .ParseList(options.Value.Predictors)!
            .ToDictionary(a => a.Text, a => new PredictorClient(a, options.Value.PredictorToken), StringComparer.Ordinal);
    }

    public IReadOnlyCollection<PredictorClient> All => _clients.Values;

    /// <summary>
    /// Returns the prediction for a picture, from the predictor with the fewest requests under way. If that one cannot be reached or has
    /// not loaded the model, the next is asked; while all of them restart, the picture waits. In each of these cases the predictor has not
    /// taken the picture, so sending it again is safe. A picture that was being processed when its predictor died is not sent again,
    /// because it may have caused the crash.
    /// </summary>
    /// <param name="addresses">The predictors that hold the deployment.</param>
    /// <param name="key">The deployment's.</param>
    /// <param name="image">The picture's bytes.</param>
    /// <param name="limit">How many predictions the organisation may have at the same time.</param>
    /// <param name="cancellationToken">Of the client.</param>
    /// <exception cref="HttpRequestException">The predictor died while it processed the picture, or none restarted in time.</exception>
    /// <exception cref="PredictorRefusedException"/>
    public async Task<PredictorAnswer> PredictAsync(
        IReadOnlyCollection<string> addresses,
        string key,
        ReadOnlyMemory<byte> image,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var clients = addresses.Select(_clients.GetValueOrDefault).OfType<PredictorClient>().ToList();
        if (clients.Count == 0)
            throw new HttpRequestException(HttpRequestError.ConnectionError, "No predictor holds the model.");
        var started = Stopwatch.GetTimestamp();
        try
        {
            return await FirstThatTakesAsync(clients, Send);
        }
        catch (Exception away) when (WasNotTaken(away) && _waiting.Wait(0, CancellationToken.None))
        {
            // The picture takes one of the waiting places below.
        }
        try
        {
            return await SendAgainAsync(clients, Send, started, cancellationToken);
        }
        finally
        {
            _waiting.Release();
        }
        Task<PredictorAnswer> Send(PredictorClient client) => client.PredictAsync(key, image, limit, cancellationToken);
    }

    /// <summary>Has pictures changed as a training would change them, by whichever predictor has the fewest requests under way: this needs
    /// no model.</summary>
    /// <param name="organisation">Between these, predictors take turns.</param>
    /// <param name="order">What is done with each picture.</param>
    /// <param name="pictures">The bytes of each.</param>
    /// <param name="cancellationToken">Of the client.</param>
    /// <exception cref="HttpRequestException">None can be reached, or it died while it processed them.</exception>
    /// <exception cref="PredictorRefusedException"/>
    public Task<AugmentedPictures> AugmentAsync(
        string organisation,
        AugmentationOrder order,
        IReadOnlyList<byte[]> pictures,
        CancellationToken cancellationToken
    ) => FirstThatTakesAsync(All, client => client.AugmentAsync(organisation, order, pictures, cancellationToken));

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
        _waiting.Dispose();
    }

    private async Task<PredictorAnswer> SendAgainAsync(
        List<PredictorClient> clients,
        Func<PredictorClient, Task<PredictorAnswer>> send,
        long started,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await Task.Delay(Pause, cancellationToken);
            try
            {
                return await FirstThatTakesAsync(clients, send);
            }
            catch (Exception still) when (WasNotTaken(still) && Stopwatch.GetElapsedTime(started) < _patience)
            {
                // Not yet restarted.
            }
        }
    }

    private static async Task<T> FirstThatTakesAsync<T>(IReadOnlyCollection<PredictorClient> clients, Func<PredictorClient, Task<T>> send)
    {
        // Equal ones take turns.
        var left = clients.OrderBy(client => client.Active).ThenBy(_ => Random.Shared.Next()).ToList();
        while (true)
        {
            try
            {
                return await send(left[0]);
            }
            catch (Exception away) when (WasNotTaken(away) && left.Count > 1)
            {
                left.RemoveAt(0);
            }
        }
    }

    private static bool WasNotTaken(Exception failure) =>
        failure
            is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
                or PredictorRefusedException { Status: HttpStatusCode.NotFound };
}
