using System.Diagnostics;
using System.Text.Json.Nodes;
using GpuGeek.Worker.Hosting;

namespace GpuGeek.Worker.Tests.Commands;

public sealed class ADoctor : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gpugeek-doctor-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<(int Code, string Output)> RunAsync(string executable, params (string Name, string? Value)[] variables)
    {
        var start = new ProcessStartInfo(executable, ["doctor"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var run = Process.Start(start)!;
        var errors = run.StandardError.ReadToEndAsync(Cancel);
        var output = await run.StandardOutput.ReadToEndAsync(Cancel);
        await run.WaitForExitAsync(Cancel);
        Assert.Empty(await errors);
        return (run.ExitCode, output);
    }

    /// <summary>A build with <c>TorchBackend=external</c>: this one without its libtorch.</summary>
    private string WithoutLibtorch()
    {
        var from = Path.GetDirectoryName(OwnExecutable.Path)!;
        var native = Path.Combine("runtimes", "linux-x64", "native");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, native));
        foreach (var file in Directory.EnumerateFiles(from).Concat(Directory.EnumerateFiles(Path.Combine(from, native))).Where(IsKept))
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetRelativePath(from, file)));
        var deps = Path.Combine(_folder.FullName, "GpuGeek.Worker.deps.json");
        var document = JsonNode.Parse(File.ReadAllText(deps))!;
        foreach (var target in document["targets"]!.AsObject())
        foreach (var library in target.Value!.AsObject().Where(l => l.Key.StartsWith("libtorch", StringComparison.Ordinal)).ToArray())
            target.Value.AsObject().Remove(library.Key);
        File.WriteAllText(deps, document.ToJsonString());
        return Path.Combine(_folder.FullName, "GpuGeek.Worker");
    }

    private static bool IsKept(string file)
    {
        var name = Path.GetFileName(file);
        var isOfLibtorch = name.StartsWith("libtorch", StringComparison.Ordinal) || name.StartsWith("libc10", StringComparison.Ordinal);
        return !isOfLibtorch && !name.StartsWith("libgomp", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_this_machine_trains_on()
    {
        var (code, output) = await RunAsync(OwnExecutable.Path, ("GPUGEEK_WEIGHTS", _folder.FullName), ("GPUGEEK_LIBTORCH", null));
        Assert.Equal(0, code);
        foreach (
            var title in (string[])["GpuGeek", "Processor", "libtorch", "CUDA", "pictures a second in float32", "This machine can train."]
        )
            Assert.Contains(title, output, StringComparison.Ordinal);
        Assert.Contains($"0 of ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_is_missing()
    {
        var (code, output) = await RunAsync(OwnExecutable.Path, ("GPUGEEK_WEIGHTS", "/nowhere"), ("GPUGEEK_LIBTORCH", "/nowhere"));
        Assert.Equal(1, code);
        Assert.Contains("! Weights", output, StringComparison.Ordinal);
        // Two of them in one process end in a crash.
        Assert.Contains("this build has a libtorch of its own", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_the_libtorch_of_a_folder_where_the_build_has_none()
    {
        var executable = WithoutLibtorch();
        var (code, output) = await RunAsync(executable, ("GPUGEEK_LIBTORCH", null));
        Assert.Equal(1, code);
        Assert.Contains("This build brings no libtorch, and GPUGEEK_LIBTORCH is not set.", output, StringComparison.Ordinal);
        (code, output) = await RunAsync(executable, ("GPUGEEK_LIBTORCH", "/nowhere"));
        Assert.Equal(1, code);
        Assert.Contains("GPUGEEK_LIBTORCH is '/nowhere': ", output, StringComparison.Ordinal);
        var native = Path.Combine(Path.GetDirectoryName(OwnExecutable.Path)!, "runtimes", "linux-x64", "native");
        (code, output) = await RunAsync(executable, ("GPUGEEK_LIBTORCH", native));
        Assert.True(code == 0, output);
        Assert.Contains("pictures a second in float32", output, StringComparison.Ordinal);
    }
}
