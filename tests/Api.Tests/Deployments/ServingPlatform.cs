using GpuGeek.Api.Features.Deployments;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Deployments;
using GpuGeek.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Deployments;

/// <summary>A database of its own with two predictors, and as many Apis as a test wants: in the shared one another Api
/// reconciles.</summary>
public sealed class ServingPlatform : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-serving-").FullName;
    private readonly List<ApiApplication> _apis = [];
    private readonly FakePredictor?[] _predictors = new FakePredictor?[2];

    private static CancellationToken Cancel => ApiApplication.Cancel;

    internal FakePredictor First => _predictors[0]!;
    internal FakePredictor Second => _predictors[1]!;

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        for (var i = 0; i < _predictors.Length; i++)
            await StartAsync(i);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var api in _apis)
            await api.DisposeAsync();
        for (var i = 0; i < _predictors.Length; i++)
            await StopAsync(i);
        await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task StartAsync(int predictor) => _predictors[predictor] = await FakePredictor.StartAsync(Socket(predictor));

    public async Task StopAsync(int predictor)
    {
        if (_predictors[predictor] is { } running)
            await running.DisposeAsync();
        _predictors[predictor] = null;
    }

    /// <summary>Another Api; the first one that starts has the lease.</summary>
    internal ApiApplication NewApi(ReconcilerTimes? times = null)
    {
        var predictors = $"{Socket(0)},{Socket(1)}";
        var api = new ApiApplication(
            _postgres,
            change: services => services.AddSingleton(times ?? ReconcilerTimes.Default),
            settings: new Dictionary<string, string>
            {
                ["GPUGEEK_PREDICTORS"] = predictors,
                ["GPUGEEK_OBJECTS"] = Path.Combine(_folder, "o"),
            },
            reconciles: true
        );
        _apis.Add(api);
        return api;
    }

    /// <summary>An organisation with a model in an Api, and deployments of it.</summary>
    internal static async Task<TenantSession> WithModelAsync(ApiApplication api)
    {
        var (session, _, data) = await api.RegisterWithVersionAsync();
        await session.AddModelVersionAsync(data.Id);
        return session;
    }

    internal static Task<DeploymentResponse> DeployAsync(TenantSession session, string name, int? replicas = null) =>
        session.Client.CreateDeploymentAsync(
            session.Org,
            new()
            {
                Project = "flowers",
                Name = name,
                Model = "flowers",
                Version = 1,
                Replicas = replicas,
            },
            Cancel
        );

    private string Socket(int predictor) => Path.Combine(_folder, $"{predictor}.sock");
}
