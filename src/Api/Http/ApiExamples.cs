using System.Text.Json;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Contracts.Models;
using GpuGeek.Contracts.Projects;
using GpuGeek.Contracts.Runs;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Contracts.Weights;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace GpuGeek.Api.Http;

/// <summary>Example responses of the main calls. They are instances of the contracts, so that an example cannot name a property that does
/// not exist.</summary>
internal sealed class ApiExamples(IServiceProvider services) : ISchemaFilter
{
    private static readonly Guid Id = new("01997f3a-5c1e-7b42-9d10-6a2f4e8c0b71");
    private static readonly Guid Other = new("01997f38-0d4b-7e1f-8c22-51b7a9d3e604");
    private static readonly DateTimeOffset At = new(2026, 1, 15, 8, 20, 0, TimeSpan.Zero);
    private const string Hash = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
    private static readonly string[] Classes = ["rose", "tulip"];
    private static readonly Recipe Recipe = RecipePresets.Resolve(new() { Preset = RecipePresets.Fast, ["budget.epochs"] = 5 });
    private static readonly RunResultResponse Result = new(
        0.89,
        [0.84, 0.93],
        180,
        0.9,
        4,
        [],
        ["X64 avx2 avx512, libtorch 2.7.1, 4 threads"],
        1.12,
        new(new(0.041, [0.012, 0.083], 0.058), new(0.017, [0, 0.05], 0.037)),
        Classes,
        [
            [82, 8],
            [12, 78],
        ],
        [new("rose", 0.872, 0.911, 0.891, 90), new("tulip", 0.907, 0.867, 0.886, 90)],
        7e-6,
        new("flowers", 1)
    );

    private static readonly object[] All =
    [
        new SessionResponse(
            "gg_s_4oTqT9n6kVbW3cYxZJr0",
            At.AddDays(90),
            new(Id, "ann@example.org", "Ann", true),
            [new("acme", "Acme", "owner")]
        ),
        new ProjectResponse(
            Id,
            "flowers",
            "Flowers",
            "image-classification",
            At,
            1500,
            3,
            1,
            0.89,
            1,
            At,
            [$"/api/v1/orgs/acme/datasets/{Other}/images/{Id}/thumbnail"]
        ),
        new DatasetResponse(Id, "flowers", "flowers5", 600, 2, 17_745_363, 1, At),
        new ImportResponse(
            Id,
            Other,
            "flowers5.zip",
            17_745_363,
            "succeeded",
            1,
            598,
            2,
            [new("rose", 300), new("tulip", 298)],
            null,
            null,
            At,
            At.AddSeconds(1),
            At.AddSeconds(8)
        ),
        new SkippedFileResponse(
            "rose/notes.txt",
            "not_a_picture",
            "The file is not a JPEG, PNG, WebP, GIF or BMP.",
            "Remove it, or convert it to one of these formats."
        ),
        new VersionResponse(
            Id,
            Other,
            1,
            Hash,
            0,
            598,
            Classes,
            new Dictionary<string, IReadOnlyDictionary<string, int>>
            {
                ["train"] = Counts(210, 208),
                ["val"] = Counts(45, 45),
                ["test"] = Counts(45, 45),
            },
            At,
            new(0.7, 0.15, 0.15),
            [new("few_pictures", "test", ["rose"], 10)]
        ),
        new ImageEditResponse(Id, 25, At, At.AddDays(1), null),
        new ImageEditProgressResponse(35_000, 100_000),
        new EvaluationResponse(
            Id,
            Other,
            "flowers of 2027",
            Other,
            2,
            "test",
            new Dictionary<string, string> { ["roses"] = "rose", ["weed"] = "" },
            "succeeded",
            1,
            null,
            false,
            90,
            4,
            0,
            0.9,
            [0.82, 0.95],
            3,
            At
        ),
        new EvaluationPreviewResponse(
            94,
            [new("rose", 60, "rose", null), new("roses", 30, null, "rose"), new("weed", 4, null, null)],
            ["tulip"],
            3
        ),
        new VersionChangesResponse(
            new Dictionary<string, int>
            {
                ["added"] = 12,
                ["removed"] = 0,
                ["relabelled"] = 1,
                ["moved"] = 0,
                ["regrouped"] = 0,
            },
            [],
            null
        ),
        new VersionChangeResponse(
            Hash["sha256:".Length..],
            ["relabelled"],
            new("rose", "train", null),
            new("tulip", "train", null),
            $"/api/v1/orgs/acme/datasets/{Other}/versions/{Id}/pictures/{Hash["sha256:".Length..]}/thumbnail"
        ),
        new VersionArchiveResponse("https://gpugeek.example.org/api/v1/archives/Z3B1Z2Vlay1vYmplY3QtMgo…", At.AddMinutes(15)),
        new RunResponse(
            Id,
            "mobilenet_v2 fast",
            "flowers",
            Other,
            "flowers5",
            1,
            false,
            "succeeded",
            1,
            null,
            1,
            null,
            Recipe,
            null,
            new(4, 0.9),
            Result,
            null,
            14.2m,
            new("0.0039", "USD"),
            812,
            At,
            At.AddSeconds(1),
            At.AddSeconds(16)
        ),
        new MetricsResponse([new(812, "val/accuracy", 240, 3, 0.8711, At)], 812),
        new ModelVersionResponse(
            Id,
            "flowers",
            1,
            Other,
            Other,
            "mobilenet_v2",
            Classes,
            Result,
            Hash,
            8_912_345,
            [new("core.onnx", "/api/v1/orgs/acme/models/flowers/versions/1/files/core.onnx")],
            At,
            ["production"]
        ),
        new WeightsResponse(
            Id,
            "flowers",
            "resnet18.pth",
            46_830_571,
            "ready",
            "resnet18",
            Hash,
            new(
                "pytorch",
                122,
                11_699_132,
                ["float32", "int64"],
                "resnet18",
                1000,
                true,
                6,
                [new("conv1, bn1", 5, 5), new("fc", 0, 0)],
                [],
                0,
                [],
                0,
                [],
                0
            ),
            null,
            null,
            At,
            At.AddSeconds(3)
        ),
        new DeploymentResponse(
            Id,
            "flowers",
            "flowers",
            "flowers",
            1,
            1,
            "live",
            1,
            1,
            null,
            "https://gpugeek.example.org/api/v1/orgs/acme/deployments/flowers/predict",
            Classes,
            224,
            At,
            At,
            "production"
        ),
        new AliasResponse("production", 2, ["flowers"], At),
        new ThresholdsResponse("validation", [new(0.8, 0.91, 0.97, 0.88)], [new(0.8, 0.9, 0.96, 0.86)]),
        new CreatedKeyResponse(Id, "line 3 camera", "gg_k_7hQm2Lw8RfXs5dNvBtKy", "gg_k_7hQm", ["predict"], At, null),
        new PredictionResponse(
            Id,
            "rose",
            0.931,
            [new("rose", 0.931), new("tulip", 0.069)],
            new("flowers", 1, Hash),
            new(1.9, 0.3, 6.1, 8.9)
        ),
    ];

    private static readonly Dictionary<Type, object> ByType = All.ToDictionary(e => e.GetType());

    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema own || !ByType.TryGetValue(context.Type, out var example))
            return;
        var json = services
            .GetRequiredService<Microsoft.Extensions.Options.IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>>()
            .Value.SerializerOptions;
#pragma warning disable CS0618 // The replacement is an array, which OpenAPI 3.0, the version that most generators read, does not support.
        own.Example = JsonSerializer.SerializeToNode(example, context.Type, json);
#pragma warning restore CS0618
    }

    private static Dictionary<string, int> Counts(int rose, int tulip) => new() { ["rose"] = rose, ["tulip"] = tulip };
}
