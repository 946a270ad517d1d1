using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using GpuGeek.Api.Http;
using GpuGeek.Domain.Deployments;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Shared;

/// <summary>The predictor refused the request: its problem and status.</summary>
internal sealed class PredictorRefusedException(HttpStatusCode status, PredictorProblem problem, string? retryAfter)
    : Exception(problem.Detail)
{
    public HttpStatusCode Status { get; } = status;
    public PredictorProblem Problem { get; } = problem;
    public string? RetryAfter { get; } = retryAfter;
}

/// <summary>Client of the predictor over its Unix socket.</summary>
internal sealed class PredictorClient : IDisposable
{
    /// <summary>Maximum number of pictures that wait in memory for a restarting predictor.</summary>
    private const int MaxWaiting = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient _http;
    private readonly TimeSpan _patience;
    private readonly SemaphoreSlim _waiting = new(MaxWaiting);

    public PredictorClient(IOptions<ApiOptions> options)
    {
        _patience = TimeSpan.FromSeconds(options.Value.PredictorPatience);
        var socket = new UnixDomainSocketEndPoint(options.Value.PredictorSocket);
        _http = new(
            new SocketsHttpHandler
            {
                MaxConnectionsPerServer = 256,
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    try
                    {
                        await connection.ConnectAsync(socket, cancellationToken);
                        return new NetworkStream(connection, ownsSocket: true);
                    }
                    catch
                    {
                        connection.Dispose();
                        throw;
                    }
                },
            }
        )
        {
            BaseAddress = new("http://predictor"),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public async Task<bool> IsAliveAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(PredictorRoutes.Health, UriKind.Relative), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async Task<PredictorState> StateAsync(CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<PredictorState>(PredictorRoutes.Loaded, JsonSerializerOptions.Web, cancellationToken))!;

    public async Task LoadAsync(string key, byte[] manifest, Stream onnx, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(manifest), "manifest", "model.json" },
            { new StreamContent(onnx), "onnx", "core.onnx" },
        };
        using var response = await _http.PutAsync(Address(PredictorRoutes.Deployment, key), form, cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
    }

    public async Task UnloadAsync(string key, CancellationToken cancellationToken)
    {
        using var response = await _http.DeleteAsync(Address(PredictorRoutes.Deployment, key), cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound)
            await RequireSuccessAsync(response, cancellationToken);
    }

    /// <summary>
    /// Returns the prediction for a picture. While the predictor restarts or loads its models again, the picture waits: the predictor has
    /// not received it, so sending it again is safe. A picture that was being processed when the predictor died is not sent again,
    /// because it may have caused the crash.
    /// </summary>
    /// <param name="key">The deployment's.</param>
    /// <param name="image">The picture's bytes.</param>
    /// <param name="limit">How many predictions the organisation may have at the same time.</param>
    /// <param name="cancellationToken">Of the client.</param>
    /// <exception cref="HttpRequestException">The predictor died while it processed the picture, or did not restart in time.</exception>
    /// <exception cref="PredictorRefusedException"/>
    public async Task<PredictorAnswer> PredictAsync(string key, ReadOnlyMemory<byte> image, int limit, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            return await SendAsync(key, image, limit, cancellationToken);
        }
        catch (Exception away) when (WasNotTaken(away) && _waiting.Wait(0, CancellationToken.None))
        {
            // The picture takes one of the waiting places below.
        }
        try
        {
            return await SendAgainAsync(key, image, limit, started, cancellationToken);
        }
        finally
        {
            _waiting.Release();
        }
    }

    private async Task<PredictorAnswer> SendAgainAsync(
        string key,
        ReadOnlyMemory<byte> image,
        int limit,
        long started,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await Task.Delay(Pause, cancellationToken);
            try
            {
                return await SendAsync(key, image, limit, cancellationToken);
            }
            catch (Exception still) when (WasNotTaken(still) && Stopwatch.GetElapsedTime(started) < _patience)
            {
                // Not yet restarted.
            }
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _waiting.Dispose();
    }

    private static bool WasNotTaken(Exception failure) =>
        failure
            is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
                or PredictorRefusedException { Status: HttpStatusCode.NotFound };

    private async Task<PredictorAnswer> SendAsync(string key, ReadOnlyMemory<byte> image, int limit, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(PredictorRoutes.Predict, key))
        {
            Content = new ReadOnlyMemoryContent(image),
            Headers = { { PredictorRoutes.Limit, limit.ToString(CultureInfo.InvariantCulture) } },
        };
        using var response = await _http.SendAsync(request, cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<PredictorAnswer>(JsonSerializerOptions.Web, cancellationToken))!;
    }

    private static Uri Address(string route, string key) => new(route.Replace("{key}", key, StringComparison.Ordinal), UriKind.Relative);

    private static async Task RequireSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;
        PredictorProblem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/json")
            problem = await response.Content.ReadFromJsonAsync<PredictorProblem>(JsonSerializerOptions.Web, cancellationToken);
        throw new PredictorRefusedException(
            response.StatusCode,
            problem ?? new("predictor_error", $"The predictor responded with status {(int)response.StatusCode}."),
            response.Headers.RetryAfter?.ToString()
        );
    }
}
