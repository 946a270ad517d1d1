using GpuGeek.Contracts.Client;
using GpuGeek.Deploy.Tests.Build;

namespace GpuGeek.Deploy.Tests.Sandbox;

/// <summary>The published hosts, walled in as the compose file says, go the whole road; no container engine is needed.</summary>
[Collection(WalledHouseScenarios.Name)]
public sealed class FromTheComposeFileToAnAnswer(WalledHouse house)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_host_does_its_work_behind_its_walls()
    {
        await house.StartedAsync();
        await AssertWalledInAsync();
        await GoTheRoadAsync(house.Api, house.Org);
    }

    /// <summary>What the images hold was published by the Dockerfile's own commands: it must load with an older libstdc++ too.</summary>
    [Fact]
    public async Task The_published_worker_has_the_patched_native_library_and_the_package_cache_its_own()
    {
        await house.StartedAsync();
        TorchSharpsNativeLibrary.AssertPatched(house.Published("worker", "runtimes/linux-x64/native/libLibTorchSharp.so"));
        TorchSharpsNativeLibrary.AssertCacheIsUntouched();
    }

    /// <summary>The walls are looked at from inside: else a test that passes would say nothing of them.</summary>
    private async Task AssertWalledInAsync()
    {
        foreach (var container in house.Containers)
        {
            Assert.Equal((0, "1654"), await container.RunAsync("id", "-u"));
            foreach (var file in (string[])["/file", "/app/file", "/etc/file", "/usr/file"])
            {
                var (code, said) = await container.RunAsync("touch", file);
                Assert.True(
                    code != 0 && said.Contains("Read-only file system", StringComparison.Ordinal),
                    $"{container.Name}: {file} {said}"
                );
            }
            Assert.Contains(
                "CapEff:\t0000000000000000",
                (await container.RunAsync("cat", "/proc/self/status")).Output,
                StringComparison.Ordinal
            );
        }
        var predictor = house.Containers.Single(c => c.Name == "predictor");
        Assert.DoesNotContain("PASSWORD", (await predictor.RunAsync("env")).Output.ToUpperInvariant(), StringComparison.Ordinal);
        Assert.Equal(2 + 1, (await predictor.RunAsync("cat", "/proc/net/dev")).Output.Split('\n').Length);
    }

    private async Task GoTheRoadAsync(GpuGeekClient api, string org)
    {
        var project = await api.CreateProjectAsync(org, new() { Name = "Shapes" }, Cancel);
        var dataset = await api.CreateDatasetAsync(org, new() { Project = project.Slug, Name = "shapes" }, Cancel);
        var import = await api.CreateImportAsync(org, dataset.Id, new() { Sample = "shapes" }, Cancel);
        while (import.FinishedAt is null)
            import = await api.GetImportAsync(org, dataset.Id, import.Id, 30, Cancel);
        Assert.True(import.State == "succeeded", $"{import.Error}\n{house.Log("worker")}");
        var version = await api.CreateVersionAsync(org, dataset.Id, new(), Cancel);

        var run = await api.CreateRunAsync(
            org,
            new()
            {
                Project = project.Slug,
                DatasetVersion = version.Id,
                Recipe = new()
                {
                    Preset = "balanced",
                    ["model.architecture"] = "resnet18",
                    ["transfer.pretrained"] = false,
                    ["budget.epochs"] = 1,
                    ["model.inputSize"] = 32,
                    ["data.batchSize"] = 32,
                },
            },
            Cancel
        );
        while (run.FinishedAt is null)
            run = await api.GetRunAsync(org, run.Id, 60, Cancel);
        Assert.True(run.State == "succeeded", $"{run.Error}\n{house.Log("worker")}");

        var model = run.Result!.ModelVersion;
        var deployment = await api.CreateDeploymentAsync(
            org,
            new()
            {
                Project = project.Slug,
                Name = "shapes",
                Model = model.Model,
                Version = model.Version,
            },
            Cancel
        );
        while (deployment.State == "starting")
            deployment = await api.GetDeploymentAsync(org, "shapes", 30, Cancel);
        Assert.True(deployment.State == "live", $"{deployment.Error}\n{house.Log("predictor")}");

        var image = (await api.ListImagesAsync(org, dataset.Id, limit: 1, ct: Cancel)).Items[0];
        using var http = house.Http(house.Session.Token);
        var answer = await api.PredictAsync(org, "shapes", await http.GetByteArrayAsync(image.Content, Cancel), ct: Cancel);
        Assert.InRange(answer.Probability, 0.2, 1);
    }
}
