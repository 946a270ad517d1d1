using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.SignalR;

namespace GpuGeek.Api.Features.Live;

/// <summary>
/// Logs the result of hub calls. SignalR itself would log each refusal as an error with its stack trace, so any signed-in person could
/// fill the log; its own line is turned off (<see cref="LiveSetup"/>).
/// </summary>
internal sealed partial class RefusalFilter(ILogger<RefusalFilter> logger) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        try
        {
            return await next(invocationContext);
        }
        catch (HubException refusal)
        {
            LogRefused(invocationContext.HubMethodName, refusal.Message);
            throw;
        }
        catch (Exception failure) when (DatabaseOutage.IsAway(failure))
        {
            LogUnavailable(invocationContext.HubMethodName, failure.Message);
            throw new HubException("database_unavailable: the database does not respond; try again in a few seconds.");
        }
        catch (Exception failure) when (!invocationContext.Context.ConnectionAborted.IsCancellationRequested)
        {
            LogFailed(failure, invocationContext.HubMethodName);
            throw;
        }
    }

    [LoggerMessage(LogLevel.Debug, "Hub call {Method} was refused: {Reason}")]
    private partial void LogRefused(string method, string reason);

    [LoggerMessage(LogLevel.Warning, "Hub call {Method} failed, the database did not respond: {Reason}")]
    private partial void LogUnavailable(string method, string reason);

    [LoggerMessage(LogLevel.Error, "Hub call {Method} failed")]
    private partial void LogFailed(Exception failure, string method);
}
