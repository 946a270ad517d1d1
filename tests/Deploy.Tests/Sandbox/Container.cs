using System.Diagnostics;
using GpuGeek.AppHost.Hosting;
using GpuGeek.ChildProcesses;
using GpuGeek.Deploy.Tests.Files;

namespace GpuGeek.Deploy.Tests.Sandbox;

/// <summary>A service run by bubblewrap as the compose file says: its user, its variables, its volumes, a root file system that cannot be
/// written, no capability.</summary>
internal sealed class Container(Service service, Dockerfile images, ContainerMachine machine)
{
    private ChildProcess? _process;

    public string Name => service.Name;
    public string LogFile => Path.Combine(machine.Folder, service.Name + ".log");
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";
    public bool Ended => _process!.Exited.IsCompleted;

    /// <summary>Runs the entry point with the service's command.</summary>
    public void Start() =>
        _process = ChildProcess.Start(
            new ChildSpec
            {
                Name = service.Name,
                FileName = "bwrap",
                LogFile = LogFile,
                SetPrivArguments = ContainerMachine.User,
                Arguments = [.. Walls(), .. images.EntryPoint(service.Target), .. service.List("command")],
            }
        );

    public Task<int> EndAsync() => _process!.Exited;

    public async Task StopAsync()
    {
        if (_process is not null)
            await _process.StopAsync(TimeSpan.FromSeconds(25), TimeProvider.System);
    }

    /// <summary>Another command in a container of the same service, as <c>docker compose run</c> would.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo("setpriv", [.. ContainerMachine.User, "--pdeathsig", "KILL", "bwrap", .. Walls(), .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, output.Trim());
    }

    /// <summary>The file's own health check, with the ports of this run.</summary>
    public async Task<(int ExitCode, string Output)> HealthAsync() =>
        await RunAsync([.. service.HealthCheck.Skip(1).Select(w => w == "8080" ? machine.Port(service.Name) : w)]);

    private List<string> Walls()
    {
        var user = service.Text("user").Split(':');
        List<string> walls =
        [
            "--unshare-user",
            "--uid",
            user[0],
            "--gid",
            user[1],
            "--unshare-pid",
            "--unshare-ipc",
            "--cap-drop",
            "ALL",
            "--die-with-parent",
            "--clearenv",
        ];
        if (service.Text("network_mode") == "none")
            walls.Add("--unshare-net");
        // The image: a distribution, the runtime, the health check and what was published.
        foreach (var folder in (string[])["/usr", "/etc"])
            walls.AddRange(["--ro-bind", folder, folder]);
        foreach (var link in (string[])["bin", "lib", "lib64", "sbin"])
            walls.AddRange(["--symlink", $"usr/{link}", $"/{link}"]);
        walls.AddRange([
            "--ro-bind",
            ContainerMachine.Runtime,
            "/dotnet",
            "--ro-bind",
            machine.Published(service.Target),
            "/app",
            "--ro-bind",
            machine.Programs,
            "/programs",
        ]);
        walls.AddRange(["--proc", "/proc", "--dev", "/dev"]);
        foreach (var tmpfs in service.List("tmpfs"))
            walls.AddRange(["--tmpfs", tmpfs]);
        foreach (var volume in service.Volumes)
            walls.AddRange([volume.ReadOnly ? "--ro-bind" : "--bind", machine.Volume(volume.Source), volume.Target]);
        if (service.Text("read_only") == "true")
            walls.AddRange(["--remount-ro", "/"]);
        walls.AddRange(["--chdir", images.Last(service.Target, "WORKDIR")]);
        foreach (var (name, value) in Variables())
            walls.AddRange(["--setenv", name, value]);
        return walls;
    }

    private Dictionary<string, string> Variables()
    {
        var variables = images.Environment(service.Target);
        foreach (var (name, value) in service.Environment)
            variables[name] = machine.Fill(service.Name, value);
        // The base image brings these two.
        variables["PATH"] = "/programs:/usr/sbin:/usr/bin:/sbin:/bin";
        variables["DOTNET_ROOT"] = "/dotnet";
        return variables;
    }
}
