using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Api.Tests.Deployments;

/// <summary>Implements Predictor's protocol on its socket and returns what a test wants.</summary>
internal sealed class FakePredictor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ModelManifest> _loaded = new(StringComparer.Ordinal);

    private int _predictions;
    private int _listings;
    private Guid _boot = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private FakePredictor(string socket)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ListenUnixSocket(socket);
        });
        _app = builder.Build();
        _app.MapGet(PredictorRoutes.Health, () => Results.Json(new PredictorHealth("alive", _boot), JsonSerializerOptions.Web));
        _app.MapGet(
            PredictorRoutes.Loaded,
            () =>
            {
                Interlocked.Increment(ref _listings);
                return Results.Json(
                    new PredictorState([.. _loaded.Select(l => new LoadedDeployment(l.Key, l.Value.OnnxHash))]),
                    JsonSerializerOptions.Web
                );
            }
        );
        _app.MapPut(PredictorRoutes.Deployment, LoadAsync);
        _app.MapDelete(
            PredictorRoutes.Deployment,
            (string key) => _loaded.TryRemove(key, out _) ? Results.NoContent() : Results.NotFound()
        );
        _app.MapPost(PredictorRoutes.Predict, PredictAsync);
        _app.MapPost(PredictorRoutes.Augment, (Delegate)AugmentAsync).DisableAntiforgery();
    }

    /// <summary>What is loaded, by the organisation and the deployment.</summary>
    public IReadOnlyDictionary<string, ModelManifest> Loaded => _loaded;

    /// <summary>ONNX hashes that are refused.</summary>
    public ConcurrentDictionary<string, PredictorProblem> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Responses to pictures with these bytes, instead of a prediction.</summary>
    public ConcurrentDictionary<string, Func<HttpContext, IResult>> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>What the last order asked for; its pictures come back as they were sent, once for each version.</summary>
    public AugmentationOrder? LastOrder { get; private set; }

    /// <summary>Response to orders, instead of pictures.</summary>
    public Func<HttpContext, IResult>? OrdersAnswer { get; set; }

    /// <summary>What to await before pictures with these bytes are answered.</summary>
    public ConcurrentDictionary<string, Func<Task>> Waits { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests for predictions.</summary>
    public int Predictions => Volatile.Read(ref _predictions);

    /// <summary>Requests for the list of what is loaded.</summary>
    public int Listings => Volatile.Read(ref _listings);

    /// <summary>Forgets all models, as a restart does.</summary>
    public void Forget()
    {
        _loaded.Clear();
        _boot = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
    }

    public static async Task<FakePredictor> StartAsync(string socket)
    {
        // A former one may have left it.
        File.Delete(socket);
        var predictor = new FakePredictor(socket);
        await predictor._app.StartAsync();
        return predictor;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public static IResult Problem(int status, PredictorProblem problem) =>
        Results.Json(problem, JsonSerializerOptions.Web, statusCode: status);

    private async Task<IResult> LoadAsync(string key, HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        await using var text = form.Files["manifest"]!.OpenReadStream();
        var manifest = (await JsonSerializer.DeserializeAsync<ModelManifest>(text, RunDirectory.Json))!;
        await using var onnx = form.Files["onnx"]!.OpenReadStream();
        Assert.Equal(manifest.OnnxHash, "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(onnx)));
        if (Refused.TryGetValue(manifest.OnnxHash, out var problem))
            return Problem(422, problem);
        _loaded[key] = manifest;
        return Results.NoContent();
    }

    private async Task<IResult> AugmentAsync(HttpContext http)
    {
        if (OrdersAnswer is { } answer)
            return answer(http);
        var form = await http.Request.ReadFormAsync();
        LastOrder = JsonSerializer.Deserialize<AugmentationOrder>(form["order"].ToString(), JsonSerializerOptions.Web)!;
        var pictures = new List<byte[][]>();
        foreach (var file in form.Files.GetFiles("picture"))
        {
            using var body = new MemoryStream();
            await file.CopyToAsync(body);
            pictures.Add([.. Enumerable.Repeat(body.ToArray(), LastOrder.Versions)]);
        }
        return Results.Json(new AugmentedPictures([.. pictures]), JsonSerializerOptions.Web);
    }

    private async Task<IResult> PredictAsync(string key, HttpContext http)
    {
        Interlocked.Increment(ref _predictions);
        if (!_loaded.TryGetValue(key, out var model))
            return Problem(404, new("not_loaded", "Not loaded."));
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var text = System.Text.Encoding.UTF8.GetString(body.ToArray());
        if (Waits.TryGetValue(text, out var wait))
            await wait();
        if (Answers.TryGetValue(text, out var answer))
            return answer(http);
        return Results.Json(
            new PredictorAnswer(model.Model, model.Version, model.OnnxHash, model.Classes, [0.25f, 0.75f], 1.234, 0.5, 6),
            JsonSerializerOptions.Web
        );
    }
}

/// <summary>The API with a fake predictor; one for all deployment tests, because one host reconciles every deployment in the
/// database.</summary>
public sealed class HostedModels(PostgresFixture postgres) : IAsyncLifetime
{
    internal ListeningApplication Listening { get; } = new(postgres, reconciles: true);
    internal FakePredictor Predictor { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Predictor = await FakePredictor.StartAsync(Listening.App.PredictorSocket);

    public async ValueTask DisposeAsync()
    {
        await Listening.DisposeAsync();
        await Predictor.DisposeAsync();
    }
}

[CollectionDefinition(nameof(HostedModels))]
public sealed class HostedModelsGroup : ICollectionFixture<HostedModels>;
