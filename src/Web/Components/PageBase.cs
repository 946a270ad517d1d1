using GpuGeek.Contracts.Client;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Formatting;
using GpuGeek.Web.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace GpuGeek.Web.Components;

/// <summary>
/// Base of every live page. Loading may throw: the frame shows a message and offers a retry (404: the page does not exist; 401: sign in).
/// Actions go through <see cref="TryAsync"/>, so that the error is shown where it happened.
/// </summary>
public abstract class PageBase : LiveComponent
{
    private Guid? _form;

    [Inject]
    protected GpuGeekClient Api { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    [Inject]
    protected Workspace Workspace { get; set; } = default!;

    [Inject]
    protected Formatter F { get; set; } = default!;

    [Inject]
    protected IStringLocalizer<Words> W { get; set; } = default!;

    /// <summary>Error of the last <see cref="TryAsync"/>; null if it succeeded. Show it with <c>ErrorNote</c>.</summary>
    protected Fault? Fault { get; set; }

    /// <summary>A <see cref="TryAsync"/> is running.</summary>
    protected bool Busy { get; private set; }

    /// <summary>
    /// Id of the current form: pass it to <see cref="GpuGeekClient.Once"/>, so that it creates once however often it is sent.
    /// </summary>
    protected Guid Form => _form ??= Guid.CreateVersion7(Clock.GetUtcNow());

    /// <summary>The next form is a new one, even if it has the same content.</summary>
    protected void BeginForm() => _form = null;

    /// <summary>Runs a button's action; a second click while it runs does nothing.</summary>
    /// <returns>Whether it succeeded.</returns>
    protected async Task<bool> TryAsync(Func<Task> work)
    {
        if (Busy)
            return false;
        Busy = true;
        Fault = null;
        try
        {
            await work();
            Gone.ThrowIfCancellationRequested();
            return true;
        }
        catch (Exception e) when (Fault.Explains(e) && !Gone.IsCancellationRequested)
        {
            Fault = Fault.From(e, W);
            return false;
        }
        finally
        {
            Busy = false;
        }
    }
}
