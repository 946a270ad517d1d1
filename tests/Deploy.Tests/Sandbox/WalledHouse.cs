using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using GpuGeek.Deploy.Tests.Files;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Storage.Tests.S3;
using GpuGeek.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Deploy.Tests.Sandbox;

/// <summary>Every published host, walled in as the compose file says, on a bucket; started once for all that is asked of it.</summary>
public sealed class WalledHouse(SwiftServer swift) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ComposeFile _compose = ComposeFile.Load();
    private readonly Dockerfile _images = Dockerfile.Load();
    private readonly ContainerMachine _machine = new();
    private readonly List<Container> _containers = [];
    private Task? _started;
    private ServiceProvider? _services;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal IReadOnlyList<Container> Containers => _containers;

    /// <summary>The operator's, who is the first person.</summary>
    internal SessionResponse Session { get; private set; } = null!;
    internal string Org => Session.Organizations[0].Slug;
    internal GpuGeekClient Api => Client(Session.Token);
    internal Uri Address => new($"http://127.0.0.1:{_machine.Port("web")}");
    internal IObjectStore Store => _services!.GetRequiredService<IObjectStore>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var container in Enumerable.Reverse(_containers))
            await container.StopAsync();
        if (_services is not null)
            await _services.DisposeAsync();
        await _machine.DisposeAsync();
    }

    /// <summary>Skips the test where the house cannot be built.</summary>
    internal async Task StartedAsync()
    {
        swift.Require();
        ContainerMachine.Require();
        if (await ContainerMachine.ProblemAsync() is { } problem)
            Assert.Skip(problem);
        await (_started ??= StartAllAsync());
    }

    internal GpuGeekClient Client(string? token) => new(new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(5) }, token);

    /// <summary>For what the client does not bring as bytes.</summary>
    internal HttpClient Http(string token) =>
        new()
        {
            BaseAddress = Address,
            DefaultRequestHeaders = { Authorization = new("Bearer", token) },
            Timeout = TimeSpan.FromMinutes(5),
        };

    /// <summary>A file under /app of a service.</summary>
    internal string Published(string service, string file) => Path.Combine(_machine.Published(_compose[service].Target), file);

    internal string Log(string name) => _containers.Single(c => c.Name == name).Log;

    /// <returns>The token at the end of the link that the operator's command prints, or the whole link where it is behind its
    /// '#'.</returns>
    internal async Task<string> LinkAsync(params string[] verb)
    {
        var link = await VerbAsync(verb);
        return link.Contains("token=", StringComparison.Ordinal)
            ? link[(link.LastIndexOf("token=", StringComparison.Ordinal) + "token=".Length)..].Trim()
            : link;
    }

    /// <returns>What a command of the operator prints.</returns>
    internal async Task<string> VerbAsync(params string[] verb)
    {
        var (code, output) = await _containers.Single(c => c.Name == "api").RunAsync([.. _images.EntryPoint("api"), .. verb]);
        Assert.True(code == 0, output);
        return output;
    }

    private async Task StartAllAsync()
    {
        var bucket = swift.Variables(_compose["bucket"].Environment["GPUGEEK_S3_BUCKET"]);
        var (code, output) = await SwiftServer.SeedAsync(bucket);
        Assert.True(code == 0, output);
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddObjectStore(
                new ConfigurationBuilder().AddInMemoryCollection(bucket.ToDictionary(v => v.Key, v => (string?)v.Value)).Build()
            )
            .BuildServiceProvider();
        await _machine.StartAsync(_compose, _images, bucket);
        CopyWeights();
        var migrate = Make("migrate");
        migrate.Start();
        Assert.True(await migrate.EndAsync() == 0, migrate.Log);
        foreach (var name in (string[])["predictor", "api", "worker", "web"])
            await HealthyAsync(name);
        Session = await Client(null)
            .RegisterAsync(
                new()
                {
                    Email = "ada@example.org",
                    Password = "analytical engine",
                    DisplayName = "Ada",
                    Organization = "Acme",
                    SetupToken = await LinkAsync("link"),
                },
                Cancel
            );
    }

    /// <summary>As the operator does who has no internet: into the volume.</summary>
    private void CopyWeights()
    {
        if (SharedData.WeightsFolder is not { } folder)
            return;
        foreach (var file in Directory.GetFiles(folder, "*.pth"))
            File.Copy(file, Path.Combine(_machine.Volume("weights"), Path.GetFileName(file)));
    }

    private async Task HealthyAsync(string name)
    {
        var container = Make(name);
        var (before, _) = await container.HealthAsync();
        Assert.NotEqual(0, before);
        container.Start();
        await Eventually.HoldsAsync(
            async () =>
            {
                var (code, output) = await container.HealthAsync();
                Assert.False(container.Ended, $"{name} ended: {output}\n{container.Log}");
                return (Code: code, Service: name, output, container.Log);
            },
            health => health.Code == 0,
            Patience
        );
    }

    private Container Make(string name)
    {
        var container = new Container(_compose[name], _images, _machine);
        _containers.Add(container);
        return container;
    }
}
