using GpuGeek.Contracts.Client;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Formatting;
using GpuGeek.Web.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace GpuGeek.Web.Components;

/// <summary>
/// What every live page needs. Loading may throw: the frame shows a calm message and offers to try again (404: the page does not exist; 401: sign in).
/// What a person does goes through <see cref="TryAsync"/>, so that the error stands where it happened.
/// </summary>
public abstract class PageBase : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();

    protected PageBase() => Gone = _gone.Token;

    [Inject] protected GpuGeekClient Api { get; set; } = default!;
    [Inject] protected NavigationManager Navigation { get; set; } = default!;
    [Inject] protected Workspace Workspace { get; set; } = default!;
    [Inject] protected Browser Browser { get; set; } = default!;
    [Inject] protected Formatter F { get; set; } = default!;
    [Inject] protected IStringLocalizer<Words> W { get; set; } = default!;
    [Inject] private TimeProvider Clock { get; set; } = default!;

    /// <summary>Of the last <see cref="TryAsync"/>; null when it went well. Show it with <c>ErrorNote</c>.</summary>
    protected Fault? Fault { get; set; }

    /// <summary>A <see cref="TryAsync"/> is under way.</summary>
    protected bool Busy { get; private set; }

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Gone { get; }

    /// <summary>Does what a button asks for; a second click while it runs does nothing.</summary>
    /// <returns>Whether it went well.</returns>
    protected async Task<bool> TryAsync(Func<Task> work)
    {
        if (Busy) return false;
        Busy = true;
        Fault = null;
        try
        {
            await work();
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

    /// <summary>
    /// Repeats <paramref name="step"/> until it returns false or the page is left, and draws after each. While Api is away it keeps trying.
    /// </summary>
    protected void Poll(TimeSpan interval, Func<Task<bool>> step) => _ = PollAsync(interval, step);

    private async Task PollAsync(TimeSpan interval, Func<Task<bool>> step)
    {
        try
        {
            using var timer = new PeriodicTimer(interval, Clock);
            while (await timer.WaitForNextTickAsync(Gone))
            {
                var more = true;
                await InvokeAsync(async () =>
                {
                    more = await StepAsync(step);
                    StateHasChanged();
                });
                if (!more) return;
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        catch (Exception e)
        {
            // To the error boundary, as if the page itself had thrown.
            await DispatchExceptionAsync(e);
        }
    }

    private async Task<bool> StepAsync(Func<Task<bool>> step)
    {
        try
        {
            return await step();
        }
        catch (HttpRequestException)
        {
            return !Gone.IsCancellationRequested;
        }
        catch (ApiException e) when ((int)e.Status >= 500)
        {
            return !Gone.IsCancellationRequested;
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _gone.Cancel();
        _gone.Dispose();
    }
}
