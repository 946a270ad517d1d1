using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using GpuGeek.TestSupport;
using GpuGeek.Training.Tests.Peers;

[assembly: AssemblyFixture(typeof(TorchvisionPeer))]

namespace GpuGeek.Training.Tests.Peers;

/// <summary>
/// Debian's torchvision in one process for all tests (<c>tests/Peers/torchvision_peer.py</c>). Without it the tests skip, saying so; with
/// GPUGEEK_REQUIRE_PEERS=1 they fail instead.
/// </summary>
public sealed class TorchvisionPeer : IDisposable
{
    public const int Size = 64,
        Batch = 3,
        Classes = 10;
    private const string Python = "/usr/bin/python3";
    private static readonly string Script = Path.Combine(SharedData.RepositoryRoot, "tests", "Peers", "torchvision_peer.py");
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-torchvision-").FullName;
    private Process? _process;
    private PeerAnswer? _last;

    /// <summary>Names and shapes of a network with 1,000 classes in torchvision's order, and how many numbers it learns.</summary>
    internal (string[] Keys, long Parameters) Keys(string name)
    {
        using var answer = Ask(new { op = "keys", name });
        return (
            [
                .. answer
                    .RootElement.GetProperty("keys")
                    .EnumerateArray()
                    .Select(k => Describe(k[0].GetString()!, [.. k[1].EnumerateArray().Select(n => n.GetInt64())])),
            ],
            answer.RootElement.GetProperty("parameters").GetInt64()
        );
    }

    internal static string Describe(string name, long[] shape) => $"{name} {string.Join('×', shape)}";

    /// <summary>What torchvision's network computes from generated numbers. The last answer is kept: mutations are compared with it
    /// too.</summary>
    internal PeerAnswer Prove(string name)
    {
        if (_last?.Name == name)
            return _last;
        _last = null;
        GC.Collect(); // gigabytes in the largest networks
        return _last = Computed("prove", name, Size);
    }

    /// <summary>Logits in evaluation mode alone, at any size.</summary>
    internal PeerAnswer Evaluate(string name, int size) => Computed("evaluate", name, size);

    /// <summary>Rates above 0 of dropout and stochastic depth, in order of execution.</summary>
    /// <param name="options">Arguments of torchvision's constructor.</param>
    internal string[] Chances(string name, Dictionary<string, double> options)
    {
        using var answer = Ask(
            new
            {
                op = "chances",
                name,
                options,
            }
        );
        return [.. answer.RootElement.GetProperty("chances").EnumerateArray().Select(c => Chance(c[0].GetString()!, c[1].GetDouble()))];
    }

    /// <summary>torchvision's notes on its weights of this name: file, and what they say of it.</summary>
    internal (string File, string Notes)[] Published(string name)
    {
        using var answer = Ask(new { op = "published", name });
        return
        [
            .. answer
                .RootElement.GetProperty("published")
                .EnumerateArray()
                .Select(p =>
                    (
                        Path.GetFileName(p.GetProperty("url").GetString()!),
                        Notes(
                            p.GetProperty("top1").GetDouble() / 100,
                            p.GetProperty("parameters").GetInt64(),
                            p.GetProperty("crop").GetInt32(),
                            p.GetProperty("resize").GetInt32(),
                            p.GetProperty("interpolation").GetString()!
                        )
                    )
                ),
        ];
    }

    /// <summary>What PyTorch's own training loop answers; see the peer's script.</summary>
    internal (double[] Losses, Dictionary<string, double> Average) Learn(object request)
    {
        using var answer = Ask(request);
        return (
            [.. answer.RootElement.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble())],
            answer
                .RootElement.GetProperty("average")
                .EnumerateObject()
                .ToDictionary(m => m.Name, m => m.Value.GetDouble(), StringComparer.Ordinal)
        );
    }

    /// <summary>Learning rates by PyTorch's own schedule.</summary>
    internal double[] Rates(object request)
    {
        using var answer = Ask(request);
        return [.. answer.RootElement.GetProperty("rates").EnumerateArray().Select(rate => rate.GetDouble())];
    }

    internal static string Notes(double top1, long parameters, int crop, int resize, string interpolation) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"top-1 {top1:f5}, {parameters} parameters, {resize} to {crop} pixels, {interpolation}"
        );

    internal static string Chance(string kind, double rate) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{kind} {rate:f9}");

    private PeerAnswer Computed(string op, string name, int size)
    {
        var file = Path.Combine(_folder, "answer.bin");
        using var answer = Ask(
            new
            {
                op,
                name,
                size,
                batch = Batch,
                classes = Classes,
                file,
            }
        );
        var tensors = new Dictionary<string, double[]>(StringComparer.Ordinal);
        using (var numbers = File.OpenRead(file))
            foreach (var entry in answer.RootElement.GetProperty("tensors").EnumerateArray())
            {
                var values = new double[entry[2].GetInt32()];
                numbers.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
                tensors.Add(entry[0].GetString()!, values);
            }
        File.Delete(file);
        return new PeerAnswer(
            name,
            tensors,
            answer
                .RootElement.GetProperty("moves")
                .EnumerateObject()
                .ToDictionary(m => m.Name, m => m.Value.GetDouble(), StringComparer.Ordinal)
        );
    }

    public void Dispose()
    {
        _process?.StandardInput.Close();
        _process?.WaitForExit();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private JsonDocument Ask(object request)
    {
        if (Absence.Value is { } absence)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("GPUGEEK_REQUIRE_PEERS") == "1", absence);
            Assert.Fail(absence);
        }
        _process ??= Start();
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
        _process.StandardInput.Flush();
        return JsonDocument.Parse(
            _process.StandardOutput.ReadLine()
                ?? throw new InvalidOperationException("torchvision's process ended; its message is in the log of the tests.")
        );
    }

    private static Process Start()
    {
        var process = Process.Start(
            new ProcessStartInfo(Python, [Script])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                Environment = { ["OMP_NUM_THREADS"] = "1" },
            }
        )!;
        process.StandardOutput.ReadLine(); // its versions
        return process;
    }

    private static readonly Lazy<string?> Absence = new(() =>
    {
        const string hint = "run tests/Peers/torchvision.sh, which installs Debian's python3-torchvision.";
        if (!File.Exists(Python))
            return $"{Python} is absent: {hint}";
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import torchvision"]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{Python} has no torchvision: {hint}";
    });
}

/// <param name="Tensors">See the peer's script; row-major.</param>
/// <param name="Moves">Relative movement of the logits: <c>picture</c>, and each residual block by its path.</param>
internal sealed record PeerAnswer(string Name, Dictionary<string, double[]> Tensors, Dictionary<string, double> Moves);
