using GpuGeek.Infrastructure.Mail;
using GpuGeek.Worker.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Mail;

internal sealed class MailWakeUp(IOptions<WorkerOptions> options) : PollSignal(options);

/// <summary>Sends queued mail one by one: light work, which never waits behind a training or an import. Polls every two seconds for due
/// mail.</summary>
internal sealed partial class MailService(MailPost post, MailWakeUp wake, ILogger<MailService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await post.SendNextAsync(stoppingToken))
                    continue;
                await wake.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The loop keeps running; a claimed mail is retried when its lease expires.
                LogFailed(failure);
                await wake.WaitAsync(CancellationToken.None);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Sending mail failed; retrying")]
    private partial void LogFailed(Exception failure);
}
