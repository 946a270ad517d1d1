using System.Diagnostics;
using GpuGeek.Contracts.Client;
using GpuGeek.Deploy.Tests.Files;
using GpuGeek.Storage.Tests.S3;

namespace GpuGeek.Deploy.Tests.Sandbox;

/// <summary>The published hosts, walled in as the compose file says, go the whole road; no container engine is needed.</summary>
public sealed class FromTheComposeFileToAnAnswer(SwiftServer swift) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ComposeFile _compose = ComposeFile.Load();
    private readonly Dockerfile _images = Dockerfile.Load();
    private readonly ContainerMachine _machine = new();
    private readonly List<Container> _containers = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var container in Enumerable.Reverse(_containers)) await container.StopAsync();
        await _machine.DisposeAsync();
    }

    [Fact]
    public async Task Every_host_does_its_work_behind_its_walls()
    {
        swift.Require();
        ContainerMachine.Require();
        if (await ContainerMachine.ProblemAsync() is { } problem) Assert.Skip(problem);
        await StartAllAsync();
        await AssertWalledInAsync();
        var api = new GpuGeekClient(new HttpClient { BaseAddress = new($"http://127.0.0.1:{_machine.Port("web")}"), Timeout = TimeSpan.FromMinutes(5) }, null);
        await GoTheRoadAsync(api);
    }

    private async Task StartAllAsync()
    {
        var bucket = swift.Variables(_compose["bucket"].Environment["GPUGEEK_S3_BUCKET"]);
        var (code, output) = await SwiftServer.SeedAsync(bucket);
        Assert.True(code == 0, output);
        await _machine.StartAsync(_compose, _images, bucket);
        var migrate = Make("migrate");
        migrate.Start();
        Assert.True(await migrate.EndAsync() == 0, migrate.Log);
        foreach (var name in (string[])["predictor", "api", "worker", "web"]) await HealthyAsync(name);
    }

    private async Task HealthyAsync(string name)
    {
        var container = Make(name);
        var (before, _) = await container.HealthAsync();
        Assert.NotEqual(0, before);
        container.Start();
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var (code, output) = await container.HealthAsync();
            if (code == 0) return;
            Assert.True(!container.Ended && Stopwatch.GetElapsedTime(started) < Patience, $"{name} is not healthy: {output}\n{container.Log}");
            await Task.Delay(200, Cancel);
        }
    }

    private Container Make(string name)
    {
        var container = new Container(_compose[name], _images, _machine);
        _containers.Add(container);
        return container;
    }

    /// <summary>The walls are looked at from inside: else a test that passes would say nothing of them.</summary>
    private async Task AssertWalledInAsync()
    {
        foreach (var container in _containers)
        {
            Assert.Equal((0, "1654"), await container.RunAsync("id", "-u"));
            foreach (var file in (string[])["/file", "/app/file", "/etc/file", "/usr/file"])
            {
                var (code, said) = await container.RunAsync("touch", file);
                Assert.True(code != 0 && said.Contains("Read-only file system", StringComparison.Ordinal), $"{container.Name}: {file} {said}");
            }
            Assert.Contains("CapEff:\t0000000000000000", (await container.RunAsync("cat", "/proc/self/status")).Output, StringComparison.Ordinal);
        }
        var predictor = _containers.Single(c => c.Name == "predictor");
        Assert.DoesNotContain("PASSWORD", (await predictor.RunAsync("env")).Output.ToUpperInvariant(), StringComparison.Ordinal);
        Assert.Equal(2 + 1, (await predictor.RunAsync("cat", "/proc/net/dev")).Output.Split('\n').Length);
    }

    private async Task GoTheRoadAsync(GpuGeekClient stranger)
    {
        var (code, link) = await _containers.Single(c => c.Name == "api").RunAsync([.. _images.EntryPoint("api"), "link"]);
        Assert.True(code == 0, link);
        var token = link[(link.LastIndexOf("token=", StringComparison.Ordinal) + "token=".Length)..].Trim();
        var session = await stranger.RegisterAsync(new() { Email = "ada@example.org", Password = "analytical engine", DisplayName = "Ada", Organization = "Acme", SetupToken = token }, Cancel);
        var (org, api) = (session.Organizations[0].Slug, new GpuGeekClient(new HttpClient { BaseAddress = new($"http://127.0.0.1:{_machine.Port("web")}"), Timeout = TimeSpan.FromMinutes(5) }, session.Token));

        var project = await api.CreateProjectAsync(org, new() { Name = "Shapes" }, Cancel);
        var dataset = await api.CreateDatasetAsync(org, new() { Project = project.Slug, Name = "shapes" }, Cancel);
        var import = await api.CreateImportAsync(org, dataset.Id, new() { Sample = "shapes" }, Cancel);
        while (import.FinishedAt is null) import = await api.GetImportAsync(org, dataset.Id, import.Id, 30, Cancel);
        Assert.True(import.State == "succeeded", $"{import.Error}\n{Log("worker")}");
        var version = await api.CreateVersionAsync(org, dataset.Id, new(), Cancel);

        var run = await api.CreateRunAsync(org, new()
        {
            Project = project.Slug, DatasetVersion = version.Id,
            Recipe = new() { Preset = "balanced", Architecture = "resnet18", Pretrained = false, Epochs = 1, InputSize = 32, BatchSize = 32 },
        }, Cancel);
        while (run.FinishedAt is null) run = await api.GetRunAsync(org, run.Id, 60, Cancel);
        Assert.True(run.State == "succeeded", $"{run.Error}\n{Log("worker")}");

        var model = run.Result!.ModelVersion;
        var deployment = await api.CreateDeploymentAsync(org, new() { Project = project.Slug, Name = "shapes", Model = model.Model, Version = model.Version }, Cancel);
        while (deployment.State == "starting") deployment = await api.GetDeploymentAsync(org, "shapes", 30, Cancel);
        Assert.True(deployment.State == "live", $"{deployment.Error}\n{Log("predictor")}");

        var image = (await api.ListImagesAsync(org, dataset.Id, limit: 1, ct: Cancel)).Items[0];
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_machine.Port("web")}") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", session.Token);
        var answer = await api.PredictAsync(org, "shapes", await http.GetByteArrayAsync(image.Content, Cancel), ct: Cancel);
        Assert.InRange(answer.Probability, 0.2, 1);
    }

    private string Log(string name) => _containers.Single(c => c.Name == name).Log;
}
