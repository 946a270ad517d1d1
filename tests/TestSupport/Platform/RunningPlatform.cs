using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using GpuGeek.Contracts.Client;

namespace GpuGeek.TestSupport.Platform;

/// <summary>The whole platform as real processes started by AppHost, as a person would start it.</summary>
public sealed partial class RunningPlatform : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private readonly Process _host;
    private readonly bool _ownsData;
    private readonly List<string> _output;

    private RunningPlatform(Process host, string data, int port, bool ownsData, List<string> output) =>
        (_host, DataDirectory, BaseAddress, _ownsData, _output) = (
            host,
            data,
            new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/"),
            ownsData,
            output
        );

    public string DataDirectory { get; }
    public Uri BaseAddress { get; }
    public int ProcessId => _host.Id;

    /// <summary>The one-time link that was printed.</summary>
    public string Link { get; private set; } = "";
    public string LinkToken => Link[(Link.IndexOf("token=", StringComparison.Ordinal) + "token=".Length)..];

    /// <param name="data">A data directory to keep; null: a new one that is deleted at the end.</param>
    /// <param name="environment">More variables for all processes.</param>
    /// <param name="fromNothing">
    /// AppHost creates its cluster itself, as for a person; otherwise it finds a copy of the template in a new directory.
    /// </param>
    public static async Task<RunningPlatform> StartAsync(
        string? data = null,
        Dictionary<string, string>? environment = null,
        int? port = null,
        bool fromNothing = false
    )
    {
        var ownsData = data is null;
        // Not under a home directory: PostgreSQL's account must be able to enter it.
        data ??= Directory.CreateTempSubdirectory("gpugeek-e2e-").FullName;
        if (ownsData)
            File.SetUnixFileMode(
                data,
                UnixFileMode.UserRead
                    | UnixFileMode.UserWrite
                    | UnixFileMode.UserExecute
                    | UnixFileMode.GroupExecute
                    | UnixFileMode.OtherExecute
            );
        var postgres = Path.Combine(data, "postgres");
        if (!fromNothing && !Directory.Exists(postgres))
            await PostgresTemplate.CopyToAsync(postgres);
        var chosen = port ?? FreePort();
        var start = new ProcessStartInfo(Program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in (string[])["--data", data, "--port", chosen.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        if (SharedData.WeightsFolder is { } weights)
            start.Environment["GPUGEEK_WEIGHTS"] = weights;
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        var output = new List<string>();
        var host = Process.Start(start)!;
        var platform = new RunningPlatform(host, data, chosen, ownsData, output);
        await platform.WaitAsync();
        return platform;
    }

    /// <summary>AppHost as built in the solution, in this test's configuration.</summary>
    public static string Program
    {
        get
        {
            var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
            return Path.Combine(SharedData.RepositoryRoot, "src/AppHost/bin", configuration, "net10.0/GpuGeek.AppHost");
        }
    }

    public HttpClient Http(string? token = null)
    {
        var http = new HttpClient { BaseAddress = BaseAddress, Timeout = TimeSpan.FromMinutes(30) };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return http;
    }

    public GpuGeekClient Client(string? token = null) => new(Http(), token);

    public string Log(string host) => File.Exists(LogPath(host)) ? File.ReadAllText(LogPath(host)) : "";

    public void Signal(string signal) => Processes.Signal(_host.Id, signal);

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _host.WaitForExitAsync(cancellationToken);

    public int ExitCode => _host.ExitCode;

    public async ValueTask DisposeAsync()
    {
        if (!_host.HasExited)
        {
            Signal("TERM");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            try
            {
                await _host.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _host.Kill(entireProcessTree: true);
            }
        }
        _host.Dispose();
        if (_ownsData)
            Directory.Delete(DataDirectory, recursive: true);
    }

    private string LogPath(string host) => Path.Combine(DataDirectory, "logs", host.ToLowerInvariant() + ".log");

    private async Task WaitAsync()
    {
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Take(string? line)
        {
            if (line is null)
                return;
            lock (_output)
                _output.Add(line);
            if (LinkPattern().Match(line) is { Success: true } match)
                ready.TrySetResult(match.Value);
        }
        _host.OutputDataReceived += (_, line) => Take(line.Data);
        _host.ErrorDataReceived += (_, line) => Take(line.Data);
        _host.BeginOutputReadLine();
        _host.BeginErrorReadLine();
        var first = await Task.WhenAny(ready.Task, _host.WaitForExitAsync(), Task.Delay(StartTimeout));
        if (first != ready.Task)
        {
            if (!_host.HasExited)
                _host.Kill(entireProcessTree: true);
            lock (_output)
                throw new InvalidOperationException("The platform did not start:\n" + string.Join('\n', _output));
        }
        Link = await ready.Task;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"http://\S+\?token=\S+")]
    private static partial Regex LinkPattern();
}
