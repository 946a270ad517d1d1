using GpuGeek.Contracts.Client;
using GpuGeek.Web.Clients;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace GpuGeek.Web.Components;

/// <summary>
/// Base of every component that awaits something on a live page. After it is disposed, its lifecycle methods, event handlers, timers and
/// scripts stop silently: an error of a page that was left early must not be shown on the next page.
/// </summary>
public abstract partial class LiveComponent : ComponentBase, IHandleEvent, IHandleAfterRender, IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly List<IJSObjectReference> _scripts = [];
    private DotNetObjectReference<LiveComponent>? _self;
    private bool _hasRendered;
    private int _attaching;

    protected LiveComponent() => Gone = _gone.Token;

    [Inject]
    protected Browser Browser { get; set; } = default!;

    [Inject]
    protected TimeProvider Clock { get; set; } = default!;

    [Inject]
    private ILogger<LiveComponent> Log { get; set; } = default!;

    /// <summary>Cancelled when the component is disposed. Pass it to every call that is awaited.</summary>
    protected CancellationToken Gone { get; }

    public override Task SetParametersAsync(ParameterView parameters) => WhileHereAsync(() => base.SetParametersAsync(parameters));

    Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem callback, object? arg) =>
        WhileHereAsync(async () =>
        {
            var task = callback.InvokeAsync(arg);
            StateHasChanged();
            if (task.IsCompletedSuccessfully)
                return;
            try
            {
                await task;
            }
            catch (OperationCanceledException) when (task.IsCanceled)
            {
                // As in ComponentBase: a cancelled handler has changed nothing that must be rendered.
                return;
            }
            StateHasChanged();
        });

    Task IHandleAfterRender.OnAfterRenderAsync() =>
        WhileHereAsync(() =>
        {
            var isFirst = !_hasRendered;
            _hasRendered = true;
            OnAfterRender(isFirst);
            return OnAfterRenderAsync(isFirst);
        });

    /// <summary>
    /// Calls <c>attach</c> of a module of <c>wwwroot</c>, such as <c>js/upload.js</c>. It returns an object whose <c>dispose</c> is
    /// called when this component is disposed, even if that happens before the module was loaded.
    /// </summary>
    /// <param name="arguments">Elements, values, and <see cref="Self"/>.</param>
    protected async Task<IJSObjectReference> AttachAsync(string module, params object?[] arguments)
    {
        _attaching++;
        try
        {
            var loaded = await Browser.ImportAsync(module).WaitAsync(Gone);
            // Not cancelled halfway: what the script has created must be disposed too.
            var script = await loaded.InvokeAsync<IJSObjectReference>("attach", arguments);
            _scripts.Add(script);
            Gone.ThrowIfCancellationRequested();
            return script;
        }
        finally
        {
            _attaching--;
            if (Gone.IsCancellationRequested)
                await ReleaseAsync();
        }
    }

    /// <summary>A reference to this component, for a script that calls its <c>[JSInvokable]</c> methods.</summary>
    protected object Self => _self ??= DotNetObjectReference.Create(this);

    /// <summary>
    /// Runs <paramref name="work"/> unless the component is disposed; failures after the disposal are not shown.
    /// </summary>
    protected async Task WhileHereAsync(Func<Task> work)
    {
        if (Gone.IsCancellationRequested)
            return;
        try
        {
            await work();
        }
        catch (Exception e) when (Gone.IsCancellationRequested)
        {
            if (!ComesFromLeaving(e))
                LogFailed(Log, GetType().Name, e);
        }
    }

    /// <summary>
    /// Repeats <paramref name="step"/> until it returns false or the component is disposed, and renders after each step. It keeps trying
    /// while Api is not available.
    /// </summary>
    protected void Poll(TimeSpan interval, Func<Task<bool>> step) => _ = PollAsync(interval, step);

    /// <summary>Called once, when the component is disposed: the place to end subscriptions.</summary>
    protected virtual void OnLeft() { }

    public async ValueTask DisposeAsync()
    {
        if (Gone.IsCancellationRequested)
            return;
        OnLeft();
        await _gone.CancelAsync();
        _gone.Dispose();
        try
        {
            await ReleaseAsync();
        }
        catch (Exception e) when (ComesFromLeaving(e))
        {
            // The browser's page is gone, and so are its scripts.
        }
        GC.SuppressFinalize(this);
    }

    private async Task PollAsync(TimeSpan interval, Func<Task<bool>> step)
    {
        try
        {
            using var timer = new PeriodicTimer(interval, Clock);
            var more = true;
            while (more && await timer.WaitForNextTickAsync(Gone))
                await InvokeAsync(() =>
                    WhileHereAsync(async () =>
                    {
                        more = await StepAsync(step);
                        StateHasChanged();
                    })
                );
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        catch (Exception e)
        {
            // Passed to the error boundary, as if the page itself had thrown.
            await DispatchExceptionAsync(e);
        }
    }

    private static async Task<bool> StepAsync(Func<Task<bool>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception e)
            when (e is HttpRequestException or OperationCanceledException || (e is ApiException api && (int)api.Status >= 500))
        {
            // Api is not available, or timed out.
            return true;
        }
    }

    /// <summary>The script first: until it has ended, it may still call this component.</summary>
    private async Task ReleaseAsync()
    {
        var scripts = _scripts.ToArray();
        _scripts.Clear();
        foreach (var script in scripts)
        {
            await script.InvokeVoidAsync("dispose");
            await script.DisposeAsync();
        }
        if (_attaching == 0)
            _self?.Dispose();
    }

    private static bool ComesFromLeaving(Exception e) =>
        e
            is OperationCanceledException
                or ObjectDisposedException
                or JSDisconnectedException
                or JSException
                or HttpRequestException
                or ApiException;

    [LoggerMessage(LogLevel.Error, "{Component} failed after its page was left.")]
    private static partial void LogFailed(ILogger log, string component, Exception e);
}
