using System.Text.Json.Nodes;

namespace GpuGeek.Api.Tests.Contract;

/// <summary>Changes between two OpenAPI documents that would break a client of the first. Additions are allowed.</summary>
internal sealed class BreakingChanges
{
    private readonly JsonObject _old,
        _new;
    private readonly List<string> _found = [];

    private BreakingChanges(JsonObject old, JsonObject @new) => (_old, _new) = (old, @new);

    public static List<string> Between(JsonObject old, JsonObject @new)
    {
        var changes = new BreakingChanges(old, @new);
        foreach (var (path, operations) in Members(old["paths"]))
            changes.Path(path, operations!.AsObject());
        return [.. changes._found.Distinct().Order(StringComparer.Ordinal)];
    }

    private void Path(string path, JsonObject operations)
    {
        if (_new["paths"]![path] is not { } now)
        {
            _found.Add($"{path} is gone");
            return;
        }
        foreach (var (method, old) in operations)
        {
            if (now[method] is { } operation)
                Operation($"{method.ToUpperInvariant()} {path}", old!, operation);
            else
                _found.Add($"{method.ToUpperInvariant()} {path} is gone");
        }
    }

    private void Operation(string where, JsonNode old, JsonNode now)
    {
        if (Text(old["operationId"]) is { } name && name != Text(now["operationId"]))
            _found.Add($"{where}: the operation {name} has another name");
        Parameters(where, Parameters(old), Parameters(now));
        if (now["requestBody"] is { } body)
        {
            if (old["requestBody"] is null && IsTrue(body["required"]))
                _found.Add($"{where}: needs a body");
            if (old["requestBody"] is { } before)
                Content($"{where}: request", before, body, isRequest: true);
        }
        else if (old["requestBody"] is not null)
            _found.Add($"{where}: takes no body any more");
        foreach (var (status, answer) in Members(old["responses"]))
        {
            if (now["responses"]?[status] is { } present)
                Content($"{where}: {status}", answer!, present, isRequest: false);
            else
                _found.Add($"{where}: the status {status} is gone");
        }
    }

    private void Parameters(string where, Dictionary<string, JsonNode> old, Dictionary<string, JsonNode> now)
    {
        foreach (var (name, parameter) in old)
        {
            if (!now.TryGetValue(name, out var present))
                _found.Add($"{where}: the parameter {name} is gone");
            else
            {
                if (IsTrue(present["required"]) && !IsTrue(parameter["required"]))
                    _found.Add($"{where}: the parameter {name} is required now");
                Schema($"{where}: {name}", parameter["schema"], present["schema"], isRequest: true, []);
            }
        }
        foreach (var (name, _) in now.Where(p => !old.ContainsKey(p.Key) && IsTrue(p.Value["required"])))
            _found.Add($"{where}: the new parameter {name} is required");
    }

    private void Content(string where, JsonNode old, JsonNode now, bool isRequest)
    {
        foreach (var (type, media) in Members(old["content"]))
        {
            if (now["content"]?[type] is { } present)
                Schema(where, media!["schema"], present["schema"], isRequest, []);
            else
                _found.Add($"{where}: the content type {type} is gone");
        }
    }

    private void Schema(string where, JsonNode? oldNode, JsonNode? newNode, bool isRequest, HashSet<string> seen)
    {
        if (oldNode is null || newNode is null)
            return;
        var (old, now) = (new FlatSchema(_old, oldNode), new FlatSchema(_new, newNode));
        // A recursive schema is compared once.
        if (old.Name is { } name && !seen.Add(name))
            return;
        if (old.Type != now.Type || old.Format != now.Format)
            _found.Add($"{where}: {old.Type} {old.Format} became {now.Type} {now.Format}");
        if (isRequest ? old.Nullable && !now.Nullable : !old.Nullable && now.Nullable)
            _found.Add($"{where}: null {(isRequest ? "is not taken any more" : "may come now")}");
        foreach (var value in now.Enum is { } kept ? old.Enum?.Except(kept) ?? (isRequest ? ["(any)"] : []) : [])
            _found.Add($"{where}: the value {value} is gone");
        foreach (var (property, schema) in old.Properties)
        {
            if (now.Properties.TryGetValue(property, out var present))
                Schema($"{where}/{property}", schema, present, isRequest, [.. seen]);
            else
                _found.Add($"{where}/{property} is gone");
        }
        if (isRequest)
            foreach (var property in now.Required.Except(old.Required))
                _found.Add($"{where}/{property} is required now");
        else
            foreach (var property in old.Required.Except(now.Required).Where(now.Properties.ContainsKey))
                _found.Add($"{where}/{property} may be missing now");
        Schema($"{where}[]", old.Items, now.Items, isRequest, [.. seen]);
        Schema($"{where}{{}}", old.Values, now.Values, isRequest, [.. seen]);
    }

    private static Dictionary<string, JsonNode> Parameters(JsonNode operation) =>
        (operation["parameters"]?.AsArray() ?? []).ToDictionary(p => $"{Text(p!["in"])} {Text(p["name"])}", p => p!);

    private static JsonObject Members(JsonNode? node) => node?.AsObject() ?? [];

    private static string? Text(JsonNode? node) => node?.GetValue<string>();

    private static bool IsTrue(JsonNode? node) => node?.GetValue<bool>() == true;
}
