using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Worker.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Worker.Tests.Support;

/// <summary>The worker's own services in this process; its child processes are real.</summary>
internal sealed class TestWorker : IAsyncDisposable
{
    private readonly IHost _host;

    private TestWorker(IHost host) => _host = host;

    public IDbContexts Contexts => _host.Services.GetRequiredService<IDbContexts>();
    public IObjectStore Store => _host.Services.GetRequiredService<IObjectStore>();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public IEnumerable<T> GetAll<T>()
        where T : notnull => _host.Services.GetServices<T>();

    /// <summary>All services registered, nothing started.</summary>
    public static TestWorker Create(
        Settings settings,
        string? trainer = null,
        TimeSpan? grace = null,
        TimeSpan? poll = null,
        Action<WorkerOptions>? change = null
    )
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Variables);
        builder.Services.AddWorker(builder.Configuration);
        builder.Services.PostConfigure<WorkerOptions>(options =>
        {
            if (trainer is not null)
                options.TrainerCommand = ["/bin/bash", trainer];
            options.Grace = grace ?? options.Grace;
            // Short polls, so that tests do not wait for the loops.
            options.Poll = poll ?? TimeSpan.FromMilliseconds(100);
            options.CancelPoll = TimeSpan.FromMilliseconds(200);
            options.Record = TimeSpan.FromMilliseconds(200);
            change?.Invoke(options);
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        return new(builder.Build());
    }

    public static async Task<TestWorker> StartAsync(
        Settings settings,
        string? trainer = null,
        TimeSpan? grace = null,
        TimeSpan? poll = null,
        Action<WorkerOptions>? change = null
    )
    {
        var worker = Create(settings, trainer, grace, poll, change);
        await worker._host.StartAsync(TestContext.Current.CancellationToken);
        return worker;
    }

    /// <summary>As SIGTERM does.</summary>
    public Task DrainAsync() => _host.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable host)
            await host.DisposeAsync();
    }
}
