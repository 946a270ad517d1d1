using System.Diagnostics;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Backups;

/// <summary>run.sh of a checkout that is built and runs: its sources may be newer by now, and are not built under what runs.</summary>
public sealed class WhatRunShPasses : IDisposable
{
    private readonly string _checkout = Directory.CreateTempSubdirectory("gpugeek-checkout-").FullName;

    public WhatRunShPasses()
    {
        File.Copy(Path.Combine(SharedData.RepositoryRoot, "run.sh"), Path.Combine(_checkout, "run.sh"));
        var program = Path.Combine(_checkout, "src/AppHost/bin/Release/net10.0/GpuGeek.AppHost");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.WriteAllText(program, "#!/bin/sh\necho \"$*\"\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
    }

    public void Dispose() => Directory.Delete(_checkout, recursive: true);

    [Theory]
    [InlineData("backup /somewhere", "backup --to /somewhere")]
    [InlineData("backup here --data /data", "backup --to /usr/here --data /data")]
    [InlineData("restore /somewhere --data /data", "restore --from /somewhere --data /data")]
    public async Task One_command_each_with_the_folder_as_the_caller_sees_it(string typed, string passed)
    {
        var (code, said) = await RunAsync(typed);
        Assert.Equal((0, passed), (code, said));
    }

    [Fact]
    public async Task A_command_without_a_folder_is_refused()
    {
        var (code, said) = await RunAsync("backup");
        Assert.Equal((2, "backup needs a directory."), (code, said));
    }

    private async Task<(int Code, string Said)> RunAsync(string typed)
    {
        using var script = Process.Start(
            new ProcessStartInfo("bash", [Path.Combine(_checkout, "run.sh"), .. typed.Split(' ')])
            {
                WorkingDirectory = "/usr",
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = script.StandardError.ReadToEndAsync();
        var output = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        return (script.ExitCode, (output + await errors).Trim());
    }
}
