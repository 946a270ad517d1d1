using System.Diagnostics;
using System.Globalization;
using GpuGeek.AppHost.Backups;
using GpuGeek.AppHost.Postgres;

namespace GpuGeek.AppHost.Hosting;

/// <summary>The whole platform: PostgreSQL, migration, Predictor, Api, Worker, Web; stopped in reverse order of their
/// dependencies.</summary>
internal sealed class Platform : IAsyncDisposable
{
    private static readonly TimeSpan Ready = TimeSpan.FromSeconds(90);
    private readonly Settings _settings;
    private readonly DataFolder _data;
    private readonly List<ManagedHost> _hosts = [];
    private PrivatePostgres? _postgres;
    private Ballast? _ballast;
    private Dictionary<string, string> _environment = [];

    private Platform(Settings settings, DataFolder data) => (_settings, _data) = (settings, data);

    /// <summary>Completes when a process has failed permanently.</summary>
    public Task<Task<PartFailedException>> Failed => Task.WhenAny(_hosts.Select(h => h.Failed).Append(PostgresFailedAsync()));

    public static async Task<Platform> StartAsync(Settings settings, CancellationToken cancellationToken)
    {
        var platform = new Platform(settings, DataFolder.Open(settings.DataDirectory));
        // Only now: PostgreSQL's account must be able to enter the folders above a new data directory.
        Permissions.OwnerOnly();
        try
        {
            await platform.StartAllAsync(cancellationToken);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>The one-time link of this start.</summary>
    public Task<string> LinkAsync(CancellationToken cancellationToken) => ApiVerb.RunAsync("link", _environment, cancellationToken);

    public void KillAll()
    {
        foreach (var host in _hosts)
            host.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        // Web first, so that nobody starts new work; the worker drains: its trainings write a checkpoint.
        foreach (var name in (string[])["Web", "Api", "Predictor", "Worker"])
            if (_hosts.Find(h => h.Name == name) is { } host)
                await host.StopAsync(TimeSpan.FromSeconds(name == "Worker" ? 30 : 12));
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        if (_ballast is not null)
            await _ballast.DisposeAsync();
        _data.Dispose();
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        await PageAddress.DemandAsync(_settings.Listen, _settings.Port, cancellationToken);
        Outside.Note(_data.At(DataFolder.OutsideName));
        _ballast = new(_data.Ballast, Ballast.Size());
        _environment = await HostEnvironment.BaseAsync(_settings, _data, cancellationToken);
        if (!HostEnvironment.HasDatabase)
        {
            _postgres = await PrivatePostgres.StartAsync(_data.Postgres, durable: true, cancellationToken);
            var roles = await Roles.EnsureAsync(_postgres, _data.Postgres, "gpugeek", cancellationToken);
            (
                _environment["GPUGEEK_DB"],
                _environment["GPUGEEK_DB_SYSTEM"],
                _environment["GPUGEEK_DB_HANGFIRE"],
                _environment["GPUGEEK_DB_OWNER"]
            ) = (roles.App, roles.System, roles.Hangfire, roles.Owner);
        }
        await ApiVerb.RunAsync("migrate", WithClients(_environment), cancellationToken);
        var apiPort = PrivatePostgres.FreePort();
        _environment["GPUGEEK_API_URL"] = $"http://127.0.0.1:{apiPort.ToString(CultureInfo.InvariantCulture)}";
        if (!HostEnvironment.HasPredictors)
            Add("Predictor");
        Add("Api", ("ASPNETCORE_URLS", _environment["GPUGEEK_API_URL"]));
        Add("Worker");
        Add("Web", ("ASPNETCORE_URLS", $"http://{_settings.Listen}:{_settings.Port.ToString(CultureInfo.InvariantCulture)}"));
        foreach (var host in _hosts)
            host.Start();
        await WaitUntilReadyAsync(cancellationToken);
    }

    // The migration dumps first: with the programs of this cluster's version, if the cluster is ours.
    private Dictionary<string, string> WithClients(Dictionary<string, string> environment) =>
        _postgres is not null && PostgresBinaries.FindClients(PostgresBinaries.ClusterVersion(_data.Postgres)) is { } programs
            ? new(environment, StringComparer.Ordinal) { ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}" }
            : environment;

    private void Add(string name, params (string Name, string Value)[] more)
    {
        var environment = HostEnvironment.For(name, _environment);
        foreach (var (key, value) in more)
            environment[key] = value;
        _hosts.Add(
            new(
                new()
                {
                    Name = name,
                    FileName = HostPrograms.Find(name),
                    Environment = environment,
                    LogFile = _data.Log(name),
                }
            )
        );
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var host = _settings.Listen is "0.0.0.0" or "::" ? "127.0.0.1" : _settings.Listen;
        var address = new Uri($"http://{host}:{_settings.Port.ToString(CultureInfo.InvariantCulture)}/readyz");
        var started = Stopwatch.GetTimestamp();
        var failed = Failed;
        while (true)
        {
            if (failed.IsCompleted)
                throw await await failed;
            try
            {
                using var response = await http.GetAsync(address, cancellationToken);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (Exception notYet)
                when (notYet is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested) { }
            if (Stopwatch.GetElapsedTime(started) > Ready)
                throw new PartFailedException(
                    "The platform",
                    $"it was not ready within {Ready.TotalSeconds:0} seconds.",
                    LogFile.Tail(_data.Log("Api"))
                );
            await Task.Delay(150, cancellationToken);
        }
    }

    private async Task<PartFailedException> PostgresFailedAsync()
    {
        if (_postgres is null)
            await Task.Delay(Timeout.Infinite);
        return await _postgres!.Failed;
    }
}
