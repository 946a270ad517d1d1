using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
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
    /// <exception cref="HttpRequestException">The predictor died while it processed the picture, or did not restart in time.</exception>
    /// <exception cref="PredictorRefusedException"/>
    public async Task<PredictorAnswer> PredictAsync(string key, ReadOnlyMemory<byte> image, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            return await SendAsync(key, image, cancellationToken);
        }
        catch (Exception away) when (WasNotTaken(away) && _waiting.Wait(0, CancellationToken.None))
        {
            // The picture takes one of the waiting places below.
        }
        try
        {
            return await SendAgainAsync(key, image, started, cancellationToken);
        }
        finally
        {
            _waiting.Release();
        }
    }

    private async Task<PredictorAnswer> SendAgainAsync(
        string key,
        ReadOnlyMemory<byte> image,
        long started,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await Task.Delay(Pause, cancellationToken);
            try
            {
                return await SendAsync(key, image, cancellationToken);
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

    private async Task<PredictorAnswer> SendAsync(string key, ReadOnlyMemory<byte> image, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(image)
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
        };
        using var response = await _http.PostAsync(Address(PredictorRoutes.Predict, key), content, cancellationToken);
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
