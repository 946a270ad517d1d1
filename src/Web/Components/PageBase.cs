using GpuGeek.Contracts.Client;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Formatting;
using GpuGeek.Web.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace GpuGeek.Web.Components;

/// <summary>
/// What every live page needs. Loading may throw: the frame shows a calm message and offers to try again (404: the page does not
/// exist; 401: sign in).
/// What a person does goes through <see cref="TryAsync"/>, so that the error stands where it happened.
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

    /// <summary>Of the last <see cref="TryAsync"/>; null when it went well. Show it with <c>ErrorNote</c>.</summary>
    protected Fault? Fault { get; set; }

    /// <summary>A <see cref="TryAsync"/> is under way.</summary>
    protected bool Busy { get; private set; }

    /// <summary>
    /// Of what is being filled in now: pass it to <see cref="GpuGeekClient.Once"/>, so that it creates once however often it is
    /// sent.
    /// </summary>
    protected Guid Form => _form ??= Guid.CreateVersion7(Clock.GetUtcNow());

    /// <summary>The next thing that is filled in is another one, even when it says the same.</summary>
    protected void BeginForm() => _form = null;

    /// <summary>Does what a button asks for; a second click while it runs does nothing.</summary>
    /// <returns>Whether it went well.</returns>
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
