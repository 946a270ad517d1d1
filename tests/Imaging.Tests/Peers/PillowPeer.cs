using System.Diagnostics;
using System.Text.Json;
using GpuGeek.Imaging.Tests.Peers;

[assembly: AssemblyFixture(typeof(PillowPeer))]

namespace GpuGeek.Imaging.Tests.Peers;

/// <summary>
/// Runs Debian's Pillow once for all tests. Without it the tests skip, saying so; with GPUGEEK_REQUIRE_PEERS=1 they fail instead.
/// </summary>
public sealed class PillowPeer : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private static readonly string Script = Path.Combine(Checkout.Root, "tests", "Peers", "pillow_peer.py");
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-pillow-").FullName;
    private readonly Lazy<PeerCase[]> _cases;

    public PillowPeer() => _cases = new Lazy<PeerCase[]>(Generate);

    /// <summary>Pillow is absent and that is allowed: tests that only gain by it go on without.</summary>
    internal static bool IsMissing => Absence.Value is not null && !IsRequired;

    private static bool IsRequired => Environment.GetEnvironmentVariable("GPUGEEK_REQUIRE_PEERS") == "1";

    internal IReadOnlyList<PeerCase> Cases(string group)
    {
        Require();
        return [.. _cases.Value.Where(c => c.Group == group)];
    }

    /// <summary>What Pillow decodes each file to, by our rules of EXIF and alpha.</summary>
    internal static void Decode(IEnumerable<string> files)
    {
        Require();
        Run(["decode", .. files]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private PeerCase[] Generate()
    {
        Run(["generate", _folder]);
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "cases.json")));
        return
        [
            .. cases
                .RootElement.EnumerateArray()
                .Select(c => new PeerCase(
                    _folder,
                    Text(c, "group"),
                    Text(c, "name"),
                    Text(c, "file"),
                    Text(c, "expected"),
                    c.GetProperty("width").GetInt32(),
                    c.GetProperty("height").GetInt32(),
                    c.GetProperty("args").Clone()
                )),
        ];
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static void Require()
    {
        if (Absence.Value is not { } absence)
            return;
        Assert.SkipUnless(IsRequired, absence);
        Assert.Fail(absence);
    }

    private static readonly Lazy<string?> Absence = new(() =>
    {
        if (!File.Exists(Python))
            return $"{Python} is absent: install Debian's python3-pil.";
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import PIL.Image"]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{Python} has no Pillow: install Debian's python3-pil.";
    });

    private static void Run(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, [Script, .. arguments]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
