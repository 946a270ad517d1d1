using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace GpuGeek.AppHost.Demo;

/// <summary>The public REST API in raw JSON, as an external script would use it.</summary>
internal sealed class DemoApi(HttpClient http)
{
    public string? Token { get; set; }

    public Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, cancellationToken);

    public Task<JsonNode> PostAsync(string path, object body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, JsonContent.Create(body), cancellationToken);

    public Task<JsonNode> PostAsync(string path, byte[] body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, new ByteArrayContent(body), cancellationToken);

    public async Task<byte[]> DownloadAsync(string address, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, address, null);
        using var response = await http.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(cancellationToken)
            : throw await FailureAsync(response, cancellationToken);
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = Request(method, "/api/v1/" + path, content);
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await FailureAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!;
    }

    private HttpRequestMessage Request(HttpMethod method, string address, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, address) { Content = content };
        if (Token is not null)
            request.Headers.Authorization = new("Bearer", Token);
        return request;
    }

    private static async Task<PartFailedException> FailureAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        new(
            "The demo",
            $"{response.RequestMessage!.RequestUri!.AbsolutePath} responded with status {(int)response.StatusCode}.",
            await response.Content.ReadAsStringAsync(cancellationToken)
        );
}
