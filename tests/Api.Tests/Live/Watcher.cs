using System.Text.Json;
using GpuGeek.Contracts.Live;
using GpuGeek.Contracts.Runs;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace GpuGeek.Api.Tests.Live;

/// <summary>A hub client that stores the received messages.</summary>
internal sealed class Watcher : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly Lock _lock = new();
    private readonly List<RunUpdate> _updates = [];
    private readonly List<JsonElement> _imports = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Watcher(HubConnection connection)
    {
        _connection = connection;
        connection.On<RunUpdate>(
            LiveHub.Run,
            update =>
            {
                lock (_lock)
                    _updates.Add(update);
            }
        );
        connection.On<JsonElement>(
            LiveHub.Import,
            import =>
            {
                lock (_lock)
                    _imports.Add(import);
            }
        );
        connection.Closed += _ =>
        {
            _closed.TrySetResult();
            return Task.CompletedTask;
        };
    }

    public static async Task<Watcher> ConnectAsync(ApiApplication app, string? token)
    {
        var watcher = new Watcher(
            new HubConnectionBuilder()
                .WithUrl(
                    new Uri(app.Server.BaseAddress, LiveHub.Path),
                    options =>
                    {
                        options.HttpMessageHandlerFactory = _ => app.Server.CreateHandler();
                        options.Transports = HttpTransportType.LongPolling;
                        options.AccessTokenProvider = () => Task.FromResult(token);
                    }
                )
                .Build()
        );
        await watcher._connection.StartAsync(ApiApplication.Cancel);
        return watcher;
    }

    public Task Closed => _closed.Task;

    public List<MetricPointResponse> Points => Read(u => u.SelectMany(x => x.Points).ToList());

    public List<LogLineResponse> Logs => Read(u => u.SelectMany(x => x.Logs).ToList());

    public RunResponse? State => Read(u => u.LastOrDefault(x => x.State is not null)?.State);

    public long LastSeq => Read(u => u.Count == 0 ? 0 : u[^1].LastSeq);

    public IReadOnlyList<string> ImportStates
    {
        get
        {
            lock (_lock)
                return [.. _imports.Select(i => i.GetProperty("state").GetString()!)];
        }
    }

    public Task CallAsync(string method, params object?[] arguments) =>
        _connection.InvokeCoreAsync(method, arguments, ApiApplication.Cancel);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private T Read<T>(Func<List<RunUpdate>, T> read)
    {
        lock (_lock)
            return read(_updates);
    }
}
