using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.TestSupport;

namespace GpuGeek.Storage.Tests.S3;

/// <summary>A real S3 server on free ports, with the bucket that the seed script makes. It ends with this process, however that
/// ends.</summary>
public sealed class SwiftServer : IAsyncLifetime
{
    public const string Bucket = "gpugeek-test";

    /// <summary>Tests that count unfinished uploads, or remove those of the whole bucket, run one after the other.</summary>
    public const string Uploads = "uploads";

    /// <summary>Set in processes that tests start: they use their parent's server.</summary>
    public const string ChildMarker = "GPUGEEK_TEST_WRITER_KEY";

    private static readonly string[] Programs =
    [
        "swift-proxy-server",
        "swift-account-server",
        "swift-container-server",
        "swift-object-server",
        "swift-ring-builder",
        "memcached",
    ];

    private readonly string _folder = Path.Combine(
        FastFolder(),
        $"gpugeek-test-swift-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}"
    );
    private Process? _server;

    public string? Missing { get; } = Programs.FirstOrDefault(program => !OnPath(program));
    public string Endpoint { get; private set; } = "";

    /// <summary>Skips the test where the server cannot be had; fails it where it must be had.</summary>
    public void Require()
    {
        if (Missing is null)
            return;
        var reason = $"There is no {Missing} on this machine: deploy/prerequisites.sh --tests installs it.";
        if (Environment.GetEnvironmentVariable("GPUGEEK_REQUIRE_PEERS") == "1")
            Assert.Fail(reason);
        Assert.Skip(reason);
    }

    internal ObjectStoreOptions Options() =>
        new()
        {
            Endpoint = Endpoint,
            Bucket = Bucket,
            AccessKey = "gpugeek:dev",
            SecretKey = "devsecret",
        };

    public Dictionary<string, string> Variables(string bucket = Bucket) =>
        new()
        {
            ["GPUGEEK_S3_ENDPOINT"] = Endpoint,
            ["GPUGEEK_S3_BUCKET"] = bucket,
            ["GPUGEEK_S3_ACCESS_KEY"] = "gpugeek:dev",
            ["GPUGEEK_S3_SECRET_KEY"] = "devsecret",
        };

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null || Environment.GetEnvironmentVariable(ChildMarker) is not null)
            return;
        Directory.CreateDirectory(_folder);
        var ports = FreePorts(5);
        Endpoint = $"http://127.0.0.1:{ports[0]}";
        _server = Process.Start(
            new ProcessStartInfo("bash", [Script("tests/Peers/swift-s3.sh"), _folder, .. ports.Select(p => $"{p}")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        if (await _server.StandardOutput.ReadLineAsync() != "ready")
            throw new InvalidOperationException(await _server.StandardError.ReadToEndAsync());
        var (code, output) = await SeedAsync(Variables());
        if (code != 0)
            throw new InvalidOperationException(output);
    }

    public static async Task<(int ExitCode, string Output)> SeedAsync(Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo("python3", [Script("deploy/object-store/seed.py")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var seed = Process.Start(start)!;
        var errors = seed.StandardError.ReadToEndAsync();
        var output = await seed.StandardOutput.ReadToEndAsync() + await errors;
        await seed.WaitForExitAsync();
        return (seed.ExitCode, output);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is null)
            return;
        _server.StandardInput.Close();
        await _server.WaitForExitAsync();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Script(string path) => Path.Combine(SharedData.RepositoryRoot, path);

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    // Held all at once, so that they differ.
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }

    // Swift flushes each object to disk, and in memory that is free; it keeps its facts in extended attributes, which memory has since
    // Linux 6.6.
    private static string FastFolder() =>
        Directory.Exists("/dev/shm") && Environment.OSVersion.Version >= new Version(6, 6) ? "/dev/shm" : Path.GetTempPath();
}
