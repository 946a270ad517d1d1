using GpuGeek.Infrastructure.Mail;
using GpuGeek.Worker.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Mail;

internal sealed class MailWakeUp(IOptions<WorkerOptions> options) : PollSignal(options);

/// <summary>Hands waiting mail over, one after the other: light work, which never waits behind a training or an import. Looks every two
/// seconds for what is due.</summary>
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
                // The lane lives on; a mail that was claimed comes back when its lease lapses.
                LogFailed(failure);
                await wake.WaitAsync(CancellationToken.None);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Sending mail failed; retrying")]
    private partial void LogFailed(Exception failure);
}
