using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Walls.Matrix;

namespace GpuGeek.Api.Tests.Contract;

/// <summary>An invalid request.</summary>
/// <param name="Path">Under <c>/api/v1/</c>.</param>
internal sealed record Attack(string Name, HttpMethod Method, string Path, string? Body = null, string Type = "application/json")
{
    private const int TooLong = 9000,
        TooLarge = 300 << 10;
    private const string Nul = "a\0b",
        LoneSurrogate = "LONE";
    private static readonly string[] Queries =
    [
        "limit=-1",
        "limit=0",
        "limit=201",
        "limit=99999999999999999999",
        "limit=x",
        "after=x",
        "after=%00",
        "after=AAAA",
        "after=-9223372036854775809",
        "wait=-1",
        "wait=61",
        "wait=x",
        "top=0",
        "top=99999999999",
        "points=-1",
        "points=2147483648",
        "project=%00",
        "class=%00",
        "q=%00",
        "split=%00",
        "names=%00",
        "action=%00",
        "from=yesterday",
        "user=x",
        "run=x",
        "format=%00",
    ];

    /// <summary>Everything that can be wrong with an otherwise valid request.</summary>
    public static IEnumerable<Attack> On(string name, Call call, string prefix)
    {
        var path = $"{prefix}{(call.Path.Length == 0 ? "" : "/" + call.Path)}".TrimStart('/');
        var body = call.Body is null ? null : JsonSerializer.SerializeToNode(call.Body)!.AsObject();
        foreach (var attack in OnAddress(call.Method, path))
            yield return attack with
            {
                Name = $"{name} {attack.Name}",
                Body = body?.ToJsonString(),
            };
        if (body is null && call.Bytes is null)
            yield break;
        foreach (var (what, text) in Bodies(body ?? new JsonObject { ["image"] = "AAAA" }))
            yield return new($"{name} {what}", call.Method, path, text);
        var right = body?.ToJsonString() ?? "{}";
        foreach (var type in (string[])["text/plain", "application/xml", "multipart/form-data", "application/json; charset=utf-99", "x"])
            yield return new($"{name} {type}", call.Method, path, right, type);
    }

    private static IEnumerable<Attack> OnAddress(HttpMethod method, string path)
    {
        if (method == HttpMethod.Get)
            foreach (var query in Queries)
                yield return new(query, method, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}");
        var parts = path.Split('?')[0].Split('/');
        // The organisation's own name is tested by the route matrix.
        for (var i = 2; i < parts.Length; i++)
            foreach (var wrong in (string[])["x", "..%2f..%2fetc", new string('a', 3000), "%ff%fe%01"])
                yield return new(
                    $"/{wrong[..Math.Min(wrong.Length, 20)]} at {i}",
                    method,
                    string.Join('/', [.. parts[..i], wrong, .. parts[(i + 1)..]])
                );
        yield return new("as TRACK", new("TRACK"), path);
    }

    private static IEnumerable<(string What, string Text)> Bodies(JsonObject right)
    {
        foreach (var text in (string[])["", "{", "[]", "null", "\"x\"", "1", "{\"a\":1}}", "\0", "{\"\\ud800\":1}", "\u00ff\u00fe"])
            yield return ($"body {text}", text);
        yield return ("deep", string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200));
        yield return ("large", $"{{\"name\":\"{new string('a', TooLarge)}\"}}");
        foreach (var (name, value) in right)
        {
            yield return ($"{name} twice", $"{{\"{name}\":{value?.ToJsonString() ?? "null"},{right.ToJsonString()[1..]}");
            foreach (var wrong in Wrong())
                yield return ($"{name} = {Start(wrong)}", With(right, name, wrong));
        }
    }

    private static IEnumerable<JsonNode?> Wrong() =>
        [
            null,
            true,
            -1,
            1e300,
            long.MaxValue,
            "",
            " ",
            Nul,
            LoneSurrogate,
            new string('a', TooLong),
            new JsonObject(),
            new JsonArray(),
            new JsonArray(Nul),
            new JsonArray((JsonNode?)null),
            new JsonArray(new JsonObject()),
        ];

    private static string With(JsonObject right, string name, JsonNode? wrong)
    {
        var changed = right.DeepClone().AsObject();
        changed[name] = wrong;
        return changed.ToJsonString().Replace(LoneSurrogate, "\\ud800", StringComparison.Ordinal);
    }

    private static string Start(JsonNode? value) => value?.ToJsonString() is { } text ? text[..Math.Min(text.Length, 20)] : "null";

    public HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(Method, new Uri("/api/v1/" + Path, UriKind.Relative));
        if (Body is null)
            return request;
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", Type);
        return request;
    }
}
