using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using GpuGeek.AppHost.Postgres;
using GpuGeek.Deploy.Tests.Files;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Sandbox;

/// <summary>The machine under the containers: volumes, ports, names, the secrets of <c>.env</c>, and PostgreSQL and the object store, which
/// are run without a container.</summary>
internal sealed partial class ContainerMachine : IAsyncDisposable
{
    private readonly Dictionary<string, string> _published = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ports = new(StringComparer.Ordinal) { ["api"] = FreePort(), ["web"] = FreePort() };
    private readonly Dictionary<string, string> _secrets = [];
    private PrivatePostgres _postgres = null!;
    private string _objects = "";

    public string Folder { get; } = Directory.CreateTempSubdirectory("gpugeek-containers-").FullName;

    /// <summary>As root the containers are started by the account that they run as; else by whoever runs the tests.</summary>
    public static string[] User { get; } = Environment.IsPrivilegedProcess ? ["--reuid", "1654", "--regid", "1654", "--clear-groups"] : [];

    /// <summary>Where this process's runtime lies.</summary>
    public static string Runtime { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));

    /// <summary>Skips the test where bubblewrap cannot be had; fails it where it must be had.</summary>
    public static void Require()
    {
        if (File.Exists("/usr/bin/bwrap"))
            return;
        const string Reason = "There is no bubblewrap on this machine: deploy/prerequisites.sh --tests installs it.";
        if (Environment.GetEnvironmentVariable("GPUGEEK_REQUIRE_PEERS") == "1")
            Assert.Fail(Reason);
        Assert.Skip(Reason);
    }

    /// <summary>Why the kernel lets nobody make containers here, or null.</summary>
    public static async Task<string?> ProblemAsync()
    {
        using var attempt = Process.Start(
            new ProcessStartInfo(
                "setpriv",
                [
                    .. User,
                    "bwrap",
                    "--unshare-user",
                    "--unshare-pid",
                    "--unshare-net",
                    "--uid",
                    "1654",
                    "--ro-bind",
                    "/",
                    "/",
                    "--proc",
                    "/proc",
                    "true",
                ]
            )
            {
                RedirectStandardError = true,
            }
        )!;
        var reason = await attempt.StandardError.ReadToEndAsync();
        await attempt.WaitForExitAsync();
        return attempt.ExitCode == 0 ? null : $"bubblewrap cannot make namespaces here: {reason.Trim()}";
    }

    public async Task StartAsync(ComposeFile compose, Dockerfile images, Dictionary<string, string> bucket)
    {
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        var postgres = Path.Combine(Folder, "postgres");
        _postgres = await PrivatePostgres.StartAsync(postgres, durable: false, TestContext.Current.CancellationToken);
        await Roles.EnsureAsync(_postgres, postgres, "gpugeek", TestContext.Current.CancellationToken);
        foreach (var role in (string[])["owner", "app", "system", "hangfire"])
            _secrets[$"{role.ToUpperInvariant()}_PASSWORD"] = (
                await File.ReadAllTextAsync(Path.Combine(postgres, $"{role}.password"))
            ).Trim();
        (_objects, _secrets["S3_ACCESS_KEY"], _secrets["S3_SECRET_KEY"]) = (
            bucket["GPUGEEK_S3_ENDPOINT"],
            bucket["GPUGEEK_S3_ACCESS_KEY"],
            bucket["GPUGEEK_S3_SECRET_KEY"]
        );
        (_secrets["FRONT_SECRET"], _secrets["INSTANCE"], _secrets["PUBLIC_URL"]) = (
            "front-secret-of-this-run",
            "a1b2c3d4",
            $"http://127.0.0.1:{Port("web")}"
        );
        File.Copy(
            Path.Combine(SharedData.RepositoryRoot, "deploy/docker/health"),
            Path.Combine(Directory.CreateDirectory(Programs).FullName, "health")
        );
        foreach (var volume in compose.Volumes)
        {
            var folder = Directory.CreateDirectory(Volume(volume)).FullName;
            if (Environment.IsPrivilegedProcess)
                await RunAsync("chown", "1654:1654", folder);
        }
        foreach (var target in (string[])["api", "web", "predictor", "worker-cpu"])
            _published[target] = await Sandbox.Published.RunAsync(images, target, Path.Combine(Folder, "published"));
    }

    /// <summary>What the image has in /usr/local/bin.</summary>
    public string Programs => Path.Combine(Folder, "programs");

    public string Port(string service) => _ports[service];

    public string Published(string target) => _published[target];

    public string Volume(string name) => Path.Combine(Folder, "volumes", name);

    /// <summary>A value of the compose file: secrets filled in, and the names of its networks replaced by where the services are
    /// here.</summary>
    public string Fill(string service, string value) =>
        InterpolationPattern()
            .Replace(value, Secret)
            .Replace(
                "Host=postgres;Port=5432",
                $"Host=127.0.0.1;Port={_postgres.Port.ToString(CultureInfo.InvariantCulture)}",
                StringComparison.Ordinal
            )
            .Replace("http://objects:7070", _objects, StringComparison.Ordinal)
            .Replace("http://api:8080", $"http://127.0.0.1:{Port("api")}", StringComparison.Ordinal)
            .Replace("http://+:8080", $"http://127.0.0.1:{_ports.GetValueOrDefault(service, "0")}", StringComparison.Ordinal);

    private string Secret(Match m)
    {
        if (_secrets.TryGetValue(m.Groups[1].Value, out var secret))
            return secret;
        return m.Groups[2].Value == "?" ? throw new KeyNotFoundException($".env must give {m.Groups[1].Value}") : m.Groups[3].Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\$\{(\w+):([?-])([^}]*)\}")]
    private static partial Regex InterpolationPattern();
}
