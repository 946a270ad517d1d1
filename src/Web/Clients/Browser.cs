using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace GpuGeek.Web.Clients;

/// <summary>The few functions that need the browser (<c>wwwroot/js/gg.js</c>). One per circuit.</summary>
public sealed class Browser(IJSRuntime js) : IAsyncDisposable
{
    private readonly Dictionary<string, Task<IJSObjectReference>> _modules = new(StringComparer.Ordinal);

    /// <summary>
    /// Loads a module of <c>wwwroot</c>, such as <c>js/upload.js</c>, once; after a failed load the next call tries again.
    /// </summary>
    public Task<IJSObjectReference> ImportAsync(string path)
    {
        if (_modules.TryGetValue(path, out var known) && known is not { IsFaulted: true } and not { IsCanceled: true })
            return known;
        return _modules[path] = js.InvokeAsync<IJSObjectReference>("import", "/" + path).AsTask();
    }

    public Task CopyAsync(string text, CancellationToken cancellationToken) => CallAsync("copy", cancellationToken, text);

    public Task ShowDialogAsync(ElementReference dialog, CancellationToken cancellationToken) =>
        CallAsync("showDialog", cancellationToken, dialog);

    public Task CloseDialogAsync(ElementReference dialog, CancellationToken cancellationToken) =>
        CallAsync("closeDialog", cancellationToken, dialog);

    /// <summary>Focuses the first element that matches, if there is one.</summary>
    public Task FocusAsync(string selector, CancellationToken cancellationToken) => CallAsync("focus", cancellationToken, selector);

    /// <summary>Downloads the response of a GET in the requested format.</summary>
    public Task DownloadAsync(string url, string accept, string fileName, CancellationToken cancellationToken) =>
        CallAsync("download", cancellationToken, url, accept, fileName);

    private async Task CallAsync(string function, CancellationToken cancellationToken, params object?[] arguments)
    {
        var module = await ImportAsync("js/gg.js").WaitAsync(cancellationToken);
        await module.InvokeVoidAsync(function, cancellationToken, arguments);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var module in _modules.Values.Where(m => m.IsCompletedSuccessfully))
                await (await module).DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and so are its modules.
        }
    }
}
