using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Support;

namespace GpuGeek.Api.Tests.Contract;

/// <summary>Programs written against the last release keep working.</summary>
public sealed class TheContract(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private const string Projects = "/api/v1/orgs/{org}/projects",
        Project = "/api/v1/orgs/{org}/projects/{project}";

    private async Task<JsonObject> PresentAsync() =>
        JsonNode
            .Parse(
                await shared.App.HttpWith(null).GetStringAsync(new Uri("/swagger/v1/swagger.json", UriKind.Relative), ApiApplication.Cancel)
            )!
            .AsObject();

    [Fact]
    public async Task Of_the_last_release_is_kept()
    {
        var present = await PresentAsync();
        if (ReleasedDocument.IsUpdated)
            ReleasedDocument.Write(present);
        Assert.Empty(BreakingChanges.Between(ReleasedDocument.Read(), present));
    }

    public static readonly TheoryData<string, string> Violations = new()
    {
        { "a path", "/api/v1/orgs/{org}/runs/{run} is gone" },
        { "a method", $"DELETE {Project} is gone" },
        { "an operation's name", $"GET {Projects}: the operation ListProjects has another name" },
        { "a parameter", $"GET {Projects}: the parameter query after is gone" },
        { "an optional parameter", $"GET {Projects}: the parameter query limit is required now" },
        { "a parameter's type", $"GET {Projects}: query limit: integer int32 became string int32" },
        { "a request's property", $"POST {Projects}: request/template is gone" },
        { "a request's optional property", $"POST {Projects}: request/template is required now" },
        { "a request's type", $"POST {Projects}: request/name: string  became integer " },
        { "a request's content type", $"POST {Projects}: request: the content type application/json is gone" },
        { "an answer's property", $"GET {Project}: 200/slug is gone" },
        { "an answer's type", $"GET {Project}: 200/imageCount: integer int32 became string int32" },
        { "an answer's list", $"GET {Project}: 200/thumbnails[]: string  became integer " },
        { "an answer that is never null", $"GET {Project}: 200/imageCount: null may come now" },
        { "an enum's value", $"POST {Projects}: request/template: the value \"other\" is gone" },
        { "a status", $"POST {Projects}: the status 201 is gone" },
    };

    /// <summary>Each rule is tested with a document in which exactly that was broken.</summary>
    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Is_broken_by_removals(string what, string found)
    {
        var old = await PresentAsync();
        if (what == "an enum's value")
            Property(old, "CreateProjectRequest", "template")["enum"] = new JsonArray("image-classification", "other");
        var broken = old.DeepClone().AsObject();
        Break(broken, what);
        Assert.Contains(found, BreakingChanges.Between(old, broken));
    }

    [Fact]
    public async Task Is_not_broken_by_additions()
    {
        var old = await PresentAsync();
        var grown = old.DeepClone().AsObject();
        grown["paths"]!["/api/v1/orgs/{org}/sweeps"] = old["paths"]![Projects]!.DeepClone();
        grown["paths"]![Projects]!["put"] = old["paths"]![Projects]!["post"]!.DeepClone();
        grown["paths"]![Projects]!["get"]!["parameters"]!
            .AsArray()
            .Add(
                new JsonObject
                {
                    ["name"] = "sort",
                    ["in"] = "query",
                    ["schema"] = new JsonObject { ["type"] = "string" },
                }
            );
        grown["paths"]![Projects]!["post"]!["responses"]!["202"] = new JsonObject { ["description"] = "Accepted" };
        foreach (var schema in (string[])["CreateProjectRequest", "ProjectResponse"])
            grown["components"]!["schemas"]![schema]!["properties"]!["colour"] = new JsonObject
            {
                ["type"] = "string",
                ["nullable"] = true,
            };
        Assert.Empty(BreakingChanges.Between(old, grown));
    }

    private static void Break(JsonObject document, string what)
    {
        var paths = document["paths"]!.AsObject();
        JsonNode list = paths[Projects]!["get"]!,
            create = paths[Projects]!["post"]!;
        JsonNode Parameter(string name) => list["parameters"]!.AsArray().Single(p => p!["name"]!.GetValue<string>() == name)!;
        JsonObject Schema(string name) => document["components"]!["schemas"]![name]!.AsObject();
        switch (what)
        {
            case "a path":
                paths.Remove("/api/v1/orgs/{org}/runs/{run}");
                break;
            case "a method":
                paths[Project]!.AsObject().Remove("delete");
                break;
            case "an operation's name":
                list["operationId"] = "AllProjects";
                break;
            case "a parameter":
                list["parameters"]!.AsArray().Remove(Parameter("after"));
                break;
            case "an optional parameter":
                Parameter("limit")["required"] = true;
                break;
            case "a parameter's type":
                Parameter("limit")["schema"]!["type"] = "string";
                break;
            case "a request's property":
                Schema("CreateProjectRequest")["properties"]!.AsObject().Remove("template");
                break;
            case "a request's optional property":
                Schema("CreateProjectRequest")["required"]!.AsArray().Add("template");
                break;
            case "a request's type":
                Property(document, "CreateProjectRequest", "name")["type"] = "integer";
                break;
            case "a request's content type":
                create["requestBody"]!["content"]!.AsObject().Remove("application/json");
                break;
            case "an answer's property":
                Schema("ProjectResponse")["properties"]!.AsObject().Remove("slug");
                break;
            case "an answer's type":
                Property(document, "ProjectResponse", "imageCount")["type"] = "string";
                break;
            case "an answer's list":
                Property(document, "ProjectResponse", "thumbnails")["items"]!["type"] = "integer";
                break;
            case "an answer that is never null":
                Property(document, "ProjectResponse", "imageCount")["nullable"] = true;
                break;
            case "an enum's value":
                Property(document, "CreateProjectRequest", "template")["enum"]!.AsArray().RemoveAt(1);
                break;
            case "a status":
                create["responses"]!.AsObject().Remove("201");
                break;
            default:
                throw new ArgumentException($"Nobody knows how to break {what}.");
        }
    }

    private static JsonObject Property(JsonObject document, string schema, string property) =>
        document["components"]!["schemas"]![schema]!["properties"]![property]!.AsObject();
}
