using System.Diagnostics;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Commands;

public sealed class ALocalRun : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gpugeek-local-run-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(params string[] parts) => Path.Combine([_folder.FullName, .. parts]);

    private string Pictures(int count = 20)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(i => $"{(i < count / 2 ? "cat" : "dog")}/{i}.png")];
        File.WriteAllBytes(At("pictures.zip"), Zips.OfNames(names));
        return At("pictures.zip");
    }

    private Task<byte[]> WeightsAsync(string run) => File.ReadAllBytesAsync(At(run, "run", "result", ResultFiles.Weights), Cancel);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string data, params string[] arguments)
    {
        var start = new ProcessStartInfo(OwnExecutable.Path, ["run", "--data", data, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var run = Process.Start(start)!;
        var output = run.StandardOutput.ReadToEndAsync(Cancel);
        var errors = await run.StandardError.ReadToEndAsync(Cancel);
        await run.WaitForExitAsync(Cancel);
        return (run.ExitCode, await output, errors);
    }

    [Fact]
    public async Task Starts_again_from_the_file_of_another_and_has_the_same_bits()
    {
        var data = Pictures(120);
        string[] small = ["--from-scratch", "--preset", "balanced", "--epochs", "1", "--seed", "3", "--set", "model.inputSize=32"];
        // What it leaves to a measurement is measured in child processes of the trainer, and stands in its file.
        var (code, output, errors) = await RunAsync(data, [.. small, "--set", "data.fitBatch=true", "--out", At("first")]);
        Assert.True(code == 0, errors);
        Assert.Contains("Calibration error", output, StringComparison.Ordinal);
        Assert.Contains("data.batchSize = 4, as measured", output, StringComparison.Ordinal);
        var log = await File.ReadAllTextAsync(At("first", "run", "log.txt"), Cancel);
        Assert.Contains("A batch of 4 pictures: ", log, StringComparison.Ordinal);
        Assert.DoesNotContain("allocator", log, StringComparison.Ordinal);
        var spec = new RunDirectory(At("first", "run")).Spec;
        (code, _, errors) = await RunAsync(data, "--recipe", spec, "--out", At("again"));
        Assert.True(code == 0, errors);
        Assert.Equal(await WeightsAsync("first"), await WeightsAsync("again"));
        (code, _, errors) = await RunAsync(data, "--recipe", spec, "--seed", "4", "--out", At("other"));
        Assert.True(code == 0, errors);
        Assert.NotEqual(await WeightsAsync("first"), await WeightsAsync("other"));
    }

    [Fact]
    public async Task Is_probed_without_a_trace_and_says_what_its_preset_chose()
    {
        string[] small = ["--from-scratch", "--preset", "balanced", "--set", "model.inputSize=32"];
        var data = Pictures();
        // The folder of another run does not matter.
        var (code, output, errors) = await RunAsync(data, [.. small, "--probe", "--out", _folder.FullName]);
        Assert.True(code == 0, errors);
        Assert.Contains("The training would take about", output, StringComparison.Ordinal);
        Assert.Contains("data.batchSize = 8: With 14 training pictures", output, StringComparison.Ordinal);
        Assert.Equal([data], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Theory]
    [InlineData("[1]", "no JSON object")]
    [InlineData("{\"preset\":", "holds no recipe")]
    [InlineData("{\"preset\": \"fast\", \"budget\": {\"epoch\": 3}}", "budget.epochs")]
    [InlineData("{\"recipe\": {\"preset\": \"best@2\"}}", "preset must be")]
    public async Task Says_what_is_wrong_with_a_recipe_file(string text, string why)
    {
        await File.WriteAllTextAsync(At("recipe.json"), text, Cancel);
        var (code, _, errors) = await RunAsync(Pictures(), "--recipe", At("recipe.json"), "--out", At("out"));
        Assert.Equal(1, code);
        Assert.Contains(why, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_to_do_where_the_GPU_that_it_is_to_train_on_cannot_be_used()
    {
        var (code, _, errors) = await RunAsync(Pictures(), "--from-scratch", "--preset", "balanced", "--device", "gpu", "--out", At("out"));
        Assert.NotEqual(0, code);
        Assert.Contains("GpuGeek.Worker doctor", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--recipe nowhere.json", "nowhere.json")]
    [InlineData("--recipe nowhere.json --preset fast", "Both --recipe and --preset")]
    [InlineData("--set transfer.start.model=flowers", "weights of a project")]
    public async Task Refuses_what_it_cannot_do(string arguments, string why)
    {
        var (code, _, errors) = await RunAsync(Pictures(), [.. arguments.Split(' '), "--out", At("out")]);
        Assert.Equal(1, code);
        Assert.Contains(why, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
