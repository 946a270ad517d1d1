using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Deployments;

namespace GpuGeek.Api.Tests.Http;

/// <summary>The OpenAPI document, as a caller's generator reads it.</summary>
public sealed class TheDescription(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<JsonObject> ReadAsync() =>
        (JsonObject)
            JsonNode.Parse(await shared.App.HttpWith(null).GetStringAsync(new Uri("/swagger/v1/swagger.json", UriKind.Relative), Cancel))!;

    private static IEnumerable<(string Name, JsonNode Operation)> Operations(JsonObject document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where operation.Value?["operationId"] is not null
        select (operation.Value!["operationId"]!.GetValue<string>(), operation.Value);

    [Fact]
    public async Task Says_of_every_operation_what_it_does() =>
        Assert.Empty(
            Operations(await ReadAsync())
                .Where(o => string.IsNullOrWhiteSpace(o.Operation["summary"]?.GetValue<string>()))
                .Select(o => o.Name)
        );

    [Theory]
    [InlineData("Register")]
    [InlineData("SignIn")]
    [InlineData("CreateProject")]
    [InlineData("CreateDataset")]
    [InlineData("UploadArchive")]
    [InlineData("GetImport")]
    [InlineData("CreateVersion")]
    [InlineData("CreateRun")]
    [InlineData("GetRun")]
    [InlineData("GetMetrics")]
    [InlineData("CreateDeployment")]
    [InlineData("GetDeployment")]
    [InlineData("CreateKey")]
    [InlineData("Predict")]
    public async Task Shows_an_answer_of_every_step_of_the_main_road(string name)
    {
        var document = await ReadAsync();
        var operation = Operations(document).Single(o => o.Name == name).Operation;
        var answer = operation["responses"]!.AsObject().First(r => r.Key[0] == '2').Value!["content"]!["application/json"]!["schema"]!;
        Assert.NotNull(Schema(document, answer)["example"]);
    }

    /// <summary>Contracts are read as strictly as a client of another language would: no property too many, none too few.</summary>
    [Fact]
    public async Task Its_examples_are_answers_and_requests_of_the_contracts()
    {
        var strict = new JsonSerializerOptions(GpuGeekClient.Json)
        {
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        };
        var contracts = typeof(PredictionResponse).Assembly.GetTypes().Where(t => t.IsPublic && !t.IsGenericType).ToLookup(t => t.Name);
        var read = 0;
        foreach (var (name, schema) in (await ReadAsync())["components"]!["schemas"]!.AsObject())
        {
            var example = schema!["example"] ?? OfProperties(schema);
            if (example is null || !contracts.Contains(name))
                continue;
            var type = contracts[name].Single();
            var value = example.Deserialize(type, strict)!;
            Assert.Equal(example.ToJsonString().Length > 2, value is not null);
            if (name.EndsWith("Request", StringComparison.Ordinal))
                Validator.ValidateObject(value!, new(value!), validateAllProperties: true);
            read++;
        }
        Assert.InRange(read, 18, 200);
    }

    private static JsonObject? OfProperties(JsonNode schema)
    {
        var examples = schema["properties"]
            ?.AsObject()
            .Where(p => p.Value!["example"] is not null)
            .ToDictionary(p => p.Key, p => p.Value!["example"]!.DeepClone());
        // A request whose required properties all show an example is a request that can be sent.
        var required = schema["required"]?.AsArray().Select(r => r!.GetValue<string>()).ToList() ?? [];
        return examples is null || examples.Count == 0 || required.Exists(r => !examples.ContainsKey(r))
            ? null
            : new(examples.Select(e => KeyValuePair.Create(e.Key, (JsonNode?)e.Value)));
    }

    private static JsonNode Schema(JsonObject document, JsonNode schema) =>
        schema["$ref"]?.GetValue<string>() is { } reference
            ? document["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]!
            : schema;
}
