using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using GpuGeek.Domain.Deployments;

namespace GpuGeek.Api.Shared;

/// <summary>The predictor refused the request: its problem and status.</summary>
internal sealed class PredictorRefusedException(HttpStatusCode status, PredictorProblem problem, string? retryAfter)
    : Exception(problem.Detail)
{
    public HttpStatusCode Status { get; } = status;
    public PredictorProblem Problem { get; } = problem;
    public string? RetryAfter { get; } = retryAfter;
}

/// <summary>Client of one predictor.</summary>
internal sealed class PredictorClient : IDisposable
{
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(3);

    /// <summary>A process that dies closes its connections one after the other and its door at some time in between: whoever comes back at
    /// once is let in and answered by nobody. It would look as if his picture had been taken.</summary>
    private static readonly TimeSpan Dying = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient _http;
    private int _active;
    private long _diedAt;

    /// <param name="address">A socket, or a port.</param>
    /// <param name="token">What a predictor at a port demands; empty for a socket.</param>
    public PredictorClient(PredictorAddress address, string token)
    {
        Address = address.Text;
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 256, ConnectTimeout = TimeSpan.FromSeconds(2) };
        if (address.Url is null)
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(address.Text, cancellationToken);
        _http = new(handler) { BaseAddress = address.Url ?? new("http://predictor"), Timeout = TimeSpan.FromSeconds(60) };
        if (token.Length > 0)
            _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    public string Address { get; }

    /// <summary>Predictions of this Api that it has not answered yet.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <returns>The id of its start; null if it does not answer within 3 s.</returns>
    public async Task<Guid?> BootIdAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(HealthLimit);
        try
        {
            var route = new Uri(PredictorRoutes.Health, UriKind.Relative);
            return (await _http.GetFromJsonAsync<PredictorHealth>(route, JsonSerializerOptions.Web, limit.Token))?.BootId;
        }
        catch (Exception away)
            when (away is HttpRequestException or JsonException or IOException
                || away is OperationCanceledException && !cancellationToken.IsCancellationRequested
            )
        {
            return null;
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
        using var response = await _http.PutAsync(Route(PredictorRoutes.Deployment, key), form, cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
    }

    public async Task UnloadAsync(string key, CancellationToken cancellationToken)
    {
        using var response = await _http.DeleteAsync(Route(PredictorRoutes.Deployment, key), cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound)
            await RequireSuccessAsync(response, cancellationToken);
    }

    /// <exception cref="HttpRequestException">The predictor cannot be reached, or died while it processed the picture.</exception>
    /// <exception cref="PredictorRefusedException"/>
    public async Task<PredictorAnswer> PredictAsync(string key, ReadOnlyMemory<byte> image, int limit, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _diedAt) is var died and not 0 && Stopwatch.GetElapsedTime(died) < Dying)
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The predictor has just died.");
        Interlocked.Increment(ref _active);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Route(PredictorRoutes.Predict, key))
            {
                Content = new ReadOnlyMemoryContent(image),
                Headers = { { PredictorRoutes.Limit, limit.ToString(CultureInfo.InvariantCulture) } },
            };
            using var response = await _http.SendAsync(request, cancellationToken);
            await RequireSuccessAsync(response, cancellationToken);
            return (await response.Content.ReadFromJsonAsync<PredictorAnswer>(JsonSerializerOptions.Web, cancellationToken))!;
        }
        catch (HttpRequestException broken) when (broken.HttpRequestError != HttpRequestError.ConnectionError)
        {
            Volatile.Write(ref _diedAt, Stopwatch.GetTimestamp());
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    /// <exception cref="HttpRequestException">The predictor cannot be reached, or died while it processed the pictures.</exception>
    /// <exception cref="PredictorRefusedException"/>
    public async Task<AugmentedPictures> AugmentAsync(
        string organisation,
        AugmentationOrder order,
        IReadOnlyList<byte[]> pictures,
        CancellationToken cancellationToken
    )
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(JsonSerializer.Serialize(order, JsonSerializerOptions.Web)), "order" },
        };
        foreach (var picture in pictures)
            form.Add(new ByteArrayContent(picture), "picture", "picture");
        var route = new Uri(PredictorRoutes.Augment.Replace("{organisation}", organisation, StringComparison.Ordinal), UriKind.Relative);
        using var response = await _http.PostAsync(route, form, cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<AugmentedPictures>(JsonSerializerOptions.Web, cancellationToken))!;
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string socket, CancellationToken cancellationToken)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static Uri Route(string route, string key) => new(route.Replace("{key}", key, StringComparison.Ordinal), UriKind.Relative);

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
