using System.Diagnostics;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;

namespace GpuGeek.Deploy.Tests.Machine;

/// <summary>
/// run.sh started with "&amp;" by a script, which starts its commands with SIGINT and SIGQUIT ignored. AppHost inherited that, and SIGINT
/// never stopped it.
/// </summary>
public sealed class StartedFromAScript : IDisposable
{
    private readonly string _checkout = Directory.CreateTempSubdirectory("gpugeek-checkout-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public StartedFromAScript()
    {
        // A checkout that is built already, whose AppHost says what reaches it and waits.
        File.Copy(Path.Combine(SharedData.RepositoryRoot, "run.sh"), Path.Combine(_checkout, "run.sh"));
        Write("deploy/prerequisites.sh", "");
        Write(
            "src/AppHost/bin/Release/net10.0/GpuGeek.AppHost",
            "#!/bin/sh\ngrep -i '^SigIgn' /proc/$$/status; echo \"$*\"; exec sleep 600"
        );
        foreach (
            var file in (string[])
                ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "build/none"]
        )
            Write(file, "");
        Write("src/AppHost/bin/Release/.built", "");
    }

    public void Dispose() => Directory.Delete(_checkout, recursive: true);

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task It_stops_by(string signal, int code)
    {
        using var script = Process.Start(
            new ProcessStartInfo("bash", ["-c", "trap '' INT QUIT; exec bash ./run.sh --port 8123"])
            {
                WorkingDirectory = _checkout,
                RedirectStandardOutput = true,
            }
        )!;
        try
        {
            Assert.Matches("^SigIgn:\t0+(1000)?$", await script.StandardOutput.ReadLineAsync(Cancel));
            Assert.Equal("--port 8123", await script.StandardOutput.ReadLineAsync(Cancel));
            Processes.Signal(script.Id, signal);
            await script.WaitForExitAsync(Cancel);
            Assert.Equal(code, script.ExitCode);
        }
        finally
        {
            if (!script.HasExited)
                script.Kill();
        }
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(_checkout, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
