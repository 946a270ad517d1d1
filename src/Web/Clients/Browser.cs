using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace GpuGeek.Web.Clients;

/// <summary>The few things only the browser can do (<c>wwwroot/js/gg.js</c>). One per circuit.</summary>
public sealed class Browser(IJSRuntime js) : IAsyncDisposable
{
    private Task<IJSObjectReference>? _module;

    /// <summary>Loads a module of <c>wwwroot</c>, such as <c>js/upload.js</c>.</summary>
    public ValueTask<IJSObjectReference> ImportAsync(string path) => js.InvokeAsync<IJSObjectReference>("import", "/" + path);

    public Task CopyAsync(string text) => CallAsync("copy", text);

    public Task ShowDialogAsync(ElementReference dialog) => CallAsync("showDialog", dialog);

    public Task CloseDialogAsync(ElementReference dialog) => CallAsync("closeDialog", dialog);

    /// <summary>Focuses the first element that matches, if there is one.</summary>
    public Task FocusAsync(string selector) => CallAsync("focus", selector);

    /// <summary>Saves what a GET answers in the form that is asked for.</summary>
    public Task DownloadAsync(string url, string accept, string fileName) => CallAsync("download", url, accept, fileName);

    private async Task CallAsync(string function, params object?[] arguments)
    {
        var module = await (_module ??= ImportAsync("js/gg.js").AsTask());
        await module.InvokeVoidAsync(function, arguments);
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is not { IsCompletedSuccessfully: true }) return;
        try
        {
            await (await _module).DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and the module with it.
        }
    }
}
