using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuGeek.Contracts.Client;

/// <summary>
/// The typed client of the REST API, for the web server, tests and programs. It has one method per call, in the <c>GpuGeekClient.*.cs</c>
/// files.
/// </summary>
/// <param name="http">Its base address is the origin, e.g. <c>http://127.0.0.1:8080/</c>.</param>
/// <param name="token">A session token or an API key; null for the calls that need none.</param>
public sealed partial class GpuGeekClient(HttpClient http, string? token = null)
{
    private Guid? _form;
    private string? _tag;

    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>
    /// A client for one submitted form. Each create request carries an <c>Idempotency-Key</c> derived from the form and the request body:
    /// the same form sent twice creates once, and a corrected form is a new request.
    /// </summary>
    public GpuGeekClient Once(Guid form) => new(http, token) { _form = form };

    /// <summary>A client whose changes succeed only while the resource is as it was read: otherwise 412.</summary>
    /// <param name="tag">Of <see cref="Tagged{T}"/>; null: whatever it is now.</param>
    public GpuGeekClient If(string? tag) => new(http, token) { _tag = tag };

    private static string E(string segment) => Uri.EscapeDataString(segment);

    private Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    private Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) =>
        SendAsync<T>(
            HttpMethod.Post,
            path,
            body is null ? null : JsonContent.Create(body, body.GetType(), options: Json),
            cancellationToken
        );

    private Task<T> PatchAsync<T>(string path, object body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Patch, path, JsonContent.Create(body, body.GetType(), options: Json), cancellationToken);

    private Task<T> PutAsync<T>(string path, object body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Put, path, JsonContent.Create(body, body.GetType(), options: Json), cancellationToken);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var response = await ExchangeAsync(method, path, content, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken))!;
    }

    private async Task<Tagged<T>> SendTaggedAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        var content = body is null ? null : JsonContent.Create(body, body.GetType(), options: Json);
        using var response = await ExchangeAsync(method, path, content, cancellationToken);
        return new((await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken))!, response.Headers.ETag?.ToString());
    }

    private async Task SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var response = await ExchangeAsync(
            method,
            path,
            body is null ? null : JsonContent.Create(body, body.GetType(), options: Json),
            cancellationToken
        );
    }

    private async Task<HttpResponseMessage> ExchangeAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : "/api/v1/" + path) { Content = content };
        if (_form is { } form && method == HttpMethod.Post)
            request.Headers.Add("Idempotency-Key", await KeyAsync(form, path, content, cancellationToken));
        if (_tag is { } tag && method != HttpMethod.Get)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new ApiException(response.StatusCode, await ReadProblemAsync(response, cancellationToken));
    }

    private static async Task<string> KeyAsync(Guid form, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        var body = content is null ? "" : await content.ReadAsStringAsync(cancellationToken);
        return $"{form:N}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path + '\n' + body)))[..16]}";
    }

    private static async Task<ApiProblem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
        {
            try
            {
                if (await response.Content.ReadFromJsonAsync<ApiProblem>(Json, cancellationToken) is { } problem)
                    return problem;
            }
            catch (JsonException)
            {
                // A proxy can send a body that is not JSON although it claims to be. The status is enough.
            }
        }
        var title = response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
            ? "The server cannot be reached."
            : $"The server responded with status {(int)response.StatusCode}.";
        return new(null, title, (int)response.StatusCode, title, "unexpected_answer", "Try again in a moment.", null, null);
    }

    private static string After(string? cursor) => cursor is null ? "" : $"&after={E(cursor)}";
}
