using GpuGeek.Infrastructure.Mail;
using GpuGeek.Worker.Lanes;

namespace GpuGeek.Worker.Mail;

/// <summary>Sends queued mail one by one.</summary>
internal sealed class MailLane(MailPost post) : ILaneWork
{
    public string Name => "mail";
    public int Width => 1;
    public string? Announced => null;

    public async Task<Func<Task>?> NextAsync(string owner, int place, CancellationToken draining) =>
        await post.NextAsync(draining) is { } mail ? () => post.SendAsync(mail, draining) : null;
}
