using System.Globalization;
using GpuGeek.AppHost.Hosting;
using GpuGeek.ChildProcesses;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;

namespace GpuGeek.Deploy.Tests.Machine;

public sealed class WhatAChildLeavesBehind : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-child-").FullName;

    private string IdFile => Path.Combine(_folder, "id");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Is_killed_with_it()
    {
        Assert.Equal(3, await Shell("sleep 60 & echo $! > $0; exit 3").Exited);
        await Eventually.HoldsAsync(() => Processes.IsAlive(Grandchild()), alive => !alive);
    }

    [Fact]
    public async Task In_a_session_of_its_own_holds_up_nobody()
    {
        var child = Shell("setsid sh -c 'echo $$ > $0; exec sleep 60' $0 & until [ -s $0 ]; do :; done; exit 3");
        Assert.Equal(3, await child.Exited);
        Assert.True(Processes.IsAlive(Grandchild()));
        Signals.Send(Grandchild(), Signals.Kill);
    }

    private int Grandchild() => int.Parse(File.ReadAllText(IdFile), CultureInfo.InvariantCulture);

    private ChildProcess Shell(string script) =>
        ChildProcess.Start(
            new ChildSpec
            {
                Name = "child",
                FileName = "sh",
                Arguments = ["-c", script, IdFile],
                LogFile = Path.Combine(_folder, "log.txt"),
            }
        );
}
