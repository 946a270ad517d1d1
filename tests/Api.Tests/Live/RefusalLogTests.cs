using System.Collections.Concurrent;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Live;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Api.Tests.Live;

/// <summary>Any signed-in person can cause any number of refusals: each was logged as an error with its stack trace.</summary>
public sealed class ARefusalByTheHub(PostgresFixture postgres)
{
    [Fact]
    public async Task Writes_nothing_into_the_log_that_an_operator_keeps()
    {
        var log = new Kept();
        await using var app = new ApiApplication(postgres, change: services => services.AddSingleton<ILoggerProvider>(log));
        var me = await app.RegisterAsync();
        await using var watcher = await Watcher.ConnectAsync(app, me.Token);
        await Assert.ThrowsAsync<HubException>(() => watcher.CallAsync(LiveHub.WatchRun, me.Org, Planted.NewId(), 0));
        await Assert.ThrowsAsync<HubException>(() => watcher.CallAsync("NoSuchMethod"));
        await Assert.ThrowsAsync<HubException>(() => watcher.CallAsync(LiveHub.WatchRun, "too", "few"));
        Assert.DoesNotContain(log.Lines, l => l.Contains("hub", StringComparison.OrdinalIgnoreCase));
    }

    private sealed class Kept : ILoggerProvider, ILogger
    {
        public ConcurrentBag<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add(formatter(state, exception) + exception);

        public void Dispose() { }
    }
}
