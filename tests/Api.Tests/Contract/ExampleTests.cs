using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Contract;

/// <summary>The examples of the OpenAPI document, sent in the order of the main workflow. Only what no document can contain is filled in:
/// ids and the results of workers.</summary>
public sealed class TheExamples(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private readonly Dictionary<string, string> _parameters = [];
    private JsonObject _document = [];
    private HttpClient _http = null!;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Can_be_sent_as_they_are()
    {
        // Somebody has set up the installation, or registration would be closed.
        await _app.RegisterAsync();
        _http = _app.HttpWith(null);
        _document = JsonNode.Parse(await _http.GetStringAsync(new Uri("/swagger/v1/swagger.json", UriKind.Relative), Cancel))!.AsObject();
        var session = await SignedInAsync();
        _parameters["project"] = Text(await SendAsync("CreateProject", HttpStatusCode.Created), "slug");
        _parameters["dataset"] = Text(await SendAsync("CreateDataset", HttpStatusCode.Created), "id");
        await SendAsync("CreateImport", HttpStatusCode.Created);
        var dataset = Guid.Parse(_parameters["dataset"]);
        _parameters["image"] = (await session.AddImagesAsync(dataset, "daisy", 10))[0].Id.ToString();
        await session.AddImagesAsync(dataset, "rose", 10);
        var version = Text(await SendAsync("CreateVersion", HttpStatusCode.Created), "id");
        _parameters["run"] = Text(await SendAsync("CreateRun", HttpStatusCode.Created, ("datasetVersion", version)), "id");
        for (var i = 0; i < 2; i++)
            await session.AddModelVersionAsync(Guid.Parse(version));
        _parameters["name"] = Text(await SendAsync("CreateDeployment", HttpStatusCode.Accepted), "name");
        await SendAsync("UpdateDeployment", HttpStatusCode.Accepted);
        await SendAsync("CreateKey", HttpStatusCode.Created);
        await SendAsync("CreateInvitation", HttpStatusCode.Created);
        await SendAsync("UpdateDataset", HttpStatusCode.OK);
        await SendAsync("UpdateImage", HttpStatusCode.OK);
        await SendAsync("UpdateRun", HttpStatusCode.OK);
        await SendAsync("ChangeSubscription", HttpStatusCode.OK);
        var colleague = await _app.JoinAsync(session, Role.Viewer);
        _parameters["user"] = (await colleague.Client.GetMeAsync(Cancel)).User.Id.ToString();
        await SendAsync("UpdateMember", HttpStatusCode.OK);
    }

    private async Task<TenantSession> SignedInAsync()
    {
        var registered = await SendAsync("Register", HttpStatusCode.Created);
        await SendAsync("SignIn", HttpStatusCode.OK);
        _parameters["org"] = registered["organizations"]![0]!["slug"]!.GetValue<string>();
        var token = Text(registered, "token");
        _http = _app.HttpWith(token);
        return new(_app, new GpuGeekClient(_http), _http, _parameters["org"], token, "", "");
    }

    private async Task<JsonNode> SendAsync(string name, HttpStatusCode expected, params (string Property, string Value)[] ids)
    {
        var (path, method, operation) = (
            from p in _document["paths"]!.AsObject()
            from o in p.Value!.AsObject()
            where o.Value!["operationId"]?.GetValue<string>() == name
            select (p.Key, o.Key, o.Value!)
        ).Single();
        foreach (var (parameter, value) in _parameters)
            path = path.Replace($"{{{parameter}}}", value, StringComparison.Ordinal);
        var body = Example(operation["requestBody"]!["content"]!["application/json"]!["schema"]!) as JsonObject ?? [];
        foreach (var (property, value) in ids)
            body[property] = value;
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path) { Content = JsonContent.Create(body) };
        using var response = await _http.SendAsync(request, Cancel);
        var answer = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == expected, $"{name} {body.ToJsonString()}: {(int)response.StatusCode} {answer}");
        return JsonNode.Parse(answer)!;
    }

    /// <summary>A schema's own example, or one built from its properties; null if it has none.</summary>
    private JsonNode? Example(JsonNode schema)
    {
        if (schema["example"] is { } own)
            return own.DeepClone();
        var flat = new FlatSchema(_document, schema);
        if (flat.Properties.Count == 0)
            return null;
        var shown = flat
            .Properties.Select(p => (p.Key, Value: Example(p.Value)))
            .Where(p => p.Value is JsonObject { Count: > 0 } or JsonValue or JsonArray);
        return new JsonObject(shown.Select(p => KeyValuePair.Create(p.Key, p.Value)));
    }

    private static string Text(JsonNode answer, string property) => answer[property]!.GetValue<string>();
}
