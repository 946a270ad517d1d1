using System.Diagnostics;
using System.Text.Json;
using GpuGeek.TestSupport;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

/// <summary>
/// What the real torch.save writes, as people have it (<c>tests/Peers/weights_peer.py</c>): case 107 of the hostile corpus, the positive
/// controls. Without Debian's PyTorch the test skips, saying so;
/// with GPUGEEK_REQUIRE_PEERS=1 it fails instead.
/// </summary>
public sealed class AFileThatPyTorchWrote : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Has_the_numbers_that_PyTorch_says_it_has()
    {
        NamedTensor[] ours =
        [
            new("features.0.weight", [2, 3], [1, 2, 3, 4, 5, 6.5f]),
            new("fc.bias", [2], [float.Epsilon, -float.MaxValue]),
        ];
        TensorFile.Write(_folder.File("ours.safetensors"), ours);
        Peer();
        var cases = Directory.GetFiles(_folder.Path, "*.json");
        Assert.True(cases.Length >= 31, $"Only {cases.Length} cases were written.");
        foreach (var path in cases)
            Check(Path.GetFileNameWithoutExtension(path), path);
        // What we wrote came back through the other program.
        var back = WeightsFile.Read(_folder.File("zip-ours.pth")).Tensors;
        foreach (var tensor in ours)
            Assert.Equal(tensor.Values, back[tensor.Name].Values);
    }

    private void Check(string name, string path)
    {
        using var dump = JsonDocument.Parse(File.ReadAllBytes(path));
        var file = WeightsFile.Read(_folder.File(name + ".pth"));
        Assert.Equal(
            name.StartsWith("zip-", StringComparison.Ordinal) ? WeightsFormats.PyTorch : WeightsFormats.PyTorchLegacy,
            file.Format
        );
        Assert.Equal(dump.RootElement.GetProperty("types").EnumerateArray().Select(type => type.GetString()), file.Types);
        var expected = dump
            .RootElement.GetProperty("tensors")
            .EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, value) in expected)
        {
            Assert.Equal(value[0].EnumerateArray().Select(side => side.GetInt64()), file.Tensors[key].Shape);
            Assert.Equal(value[1].EnumerateArray().Select(number => (float)number.GetDouble()), file.Tensors[key].Values);
        }
    }

    private void Peer()
    {
        if (Absence() is { } absence)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("GPUGEEK_REQUIRE_PEERS") == "1", absence);
            Assert.Fail(absence);
        }
        var (code, errors) = Run(Path.Combine(SharedData.RepositoryRoot, "tests", "Peers", "weights_peer.py"), _folder.Path);
        Assert.True(code == 0, errors);
    }

    private static string? Absence()
    {
        const string hint = "run tests/Peers/torchvision.sh, which installs Debian's PyTorch.";
        if (!File.Exists(Python))
            return $"{Python} is absent: {hint}";
        return Run("-c", "import torch").Code == 0 ? null : $"{Python} has no torch: {hint}";
    }

    private static (int Code, string Errors) Run(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Python, arguments) { RedirectStandardError = true, Environment = { ["OMP_NUM_THREADS"] = "1" } }
        )!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
