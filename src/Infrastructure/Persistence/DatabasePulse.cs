using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>
/// Checks the database each second. If it has not responded for <see cref="Patience"/>, it is considered hung: all connections to it are
/// shut down, so that waiting requests fail, and new requests are refused until it responds again. A command may therefore take as long
/// as it needs while the database responds to others.
/// </summary>
/// <remarks>It has two threads of its own: a busy thread pool must not look like a hung database.</remarks>
public sealed partial class DatabasePulse(IOptions<DatabaseOptions> options, ILogger<DatabasePulse> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Patience while it is hung: enough for a new connection; requests from before have already waited.</summary>
    private static readonly TimeSpan PatienceWhileAway = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.25);

    private readonly DatabaseSockets _sockets = new([options.Value.System, options.Value.App ?? "", options.Value.Hangfire]);
    private readonly ManualResetEventSlim _stopped = new();
    private volatile bool _isAway;
    private long _asked;

    /// <summary>The database does not respond; it is checked again each second.</summary>
    public bool IsAway => _isAway;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        new Thread(Ask) { IsBackground = true, Name = "database pulse" }.Start();
        new Thread(Watch) { IsBackground = true, Name = "database watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stopped.Set();
        return Task.CompletedTask;
    }

    // The threads may still use the event: its memory is freed with the last of them.
    public void Dispose() => _stopped.Set();

    private void Ask()
    {
        NpgsqlConnection? connection = null;
        var failures = 0;
        while (!_stopped.IsSet)
        {
            try
            {
                Volatile.Write(ref _asked, Stopwatch.GetTimestamp());
                connection ??= Open();
                using (var command = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = 0 })
                    command.ExecuteNonQuery();
                failures = 0;
                Tell(isAway: false);
            }
            catch (Exception failure)
                when (failure is NpgsqlException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                connection?.Dispose();
                connection = null;
                // A single connection may be closed; the next one shows whether the server is available.
                if (++failures == 1)
                    continue;
                Tell(isAway: true, failure.Message);
            }
            finally
            {
                Volatile.Write(ref _asked, 0);
            }
            _stopped.Wait(Interval);
        }
        connection?.Dispose();
    }

    private void Watch()
    {
        while (!_stopped.Wait(Look))
        {
            var asked = Volatile.Read(ref _asked);
            var isHanging = asked > 0 && Stopwatch.GetElapsedTime(asked) > (_isAway ? PatienceWhileAway : Patience);
            if (isHanging)
                Tell(isAway: true, "it does not answer");
            // Requests that waited for a free connection open new ones after each round.
            if (isHanging || (_isAway && asked == 0))
                _sockets.ShutDown();
        }
    }

    private NpgsqlConnection Open()
    {
        _sockets.Resolve();
        var settings = new NpgsqlConnectionStringBuilder(options.Value.System) { Pooling = false, ApplicationName = "gpugeek-pulse" };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Tell(bool isAway, string reason = "")
    {
        if (_isAway == isAway)
            return;
        _isAway = isAway;
        if (isAway)
            LogAway(reason);
        else
            LogBack();
    }

    [LoggerMessage(
        LogLevel.Error,
        "Database connection failed ({Reason}); requests are refused with database_unavailable until it responds"
    )]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Information, "Database connection restored")]
    private partial void LogBack();
}
