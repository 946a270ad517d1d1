using System.Diagnostics;
using System.Text.Json;

namespace GpuGeek.Imaging.Tests.Peers;

/// <summary>
/// A script of <c>tests/Peers</c>, run by Debian's Python. Without the module that it needs the tests skip, saying so; with
/// GPUGEEK_REQUIRE_PEERS=1 they fail instead.
/// </summary>
internal sealed class PythonScript(string name, string module, string package)
{
    private const string Python = "/usr/bin/python3";
    private readonly string _path = Path.Combine(Checkout.Root, "tests", "Peers", name);
    private readonly Lazy<string?> _absence = new(() => FindAbsence(module, package));

    /// <summary>The module is absent and that is allowed: tests that only gain by it go on without.</summary>
    public bool IsMissing => _absence.Value is not null && !IsRequired;

    private static bool IsRequired => Environment.GetEnvironmentVariable("GPUGEEK_REQUIRE_PEERS") == "1";

    public void Require()
    {
        if (_absence.Value is not { } absence)
            return;
        Assert.SkipUnless(IsRequired, absence);
        Assert.Fail(absence);
    }

    public void Run(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, [_path, .. arguments]) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }

    /// <summary>Has the script write its cases.</summary>
    public PeerCase[] Generate(string folder)
    {
        Run(["generate", folder]);
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        return
        [
            .. cases
                .RootElement.EnumerateArray()
                .Select(c => new PeerCase(
                    folder,
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

    private static string? FindAbsence(string module, string package)
    {
        if (!File.Exists(Python))
            return $"{Python} is absent: install Debian's {package}.";
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", $"import {module}"]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{Python} has no {module}: install Debian's {package}.";
    }
}
