using GpuGeek.Contracts.Client;
using GpuGeek.Web.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace GpuGeek.Web.Components.Controls;

/// <summary>A file that the browser is sending to the API.</summary>
public sealed record SendingFile(string Name, long Size, long Sent, double Speed)
{
    public double Share => Size == 0 ? 0 : (double)Sent / Size;
}

/// <summary>Base of panels that send files; <c>js/send.js</c> is the client side.</summary>
public abstract class UploadBase : PageBase
{
    private IJSObjectReference? _uploader;

    /// <summary>Null while nothing is being sent.</summary>
    protected SendingFile? Sending { get; private set; }

    [Inject]
    protected IStringLocalizer<DatasetsText> Texts { get; set; } = default!;

    /// <summary>All bytes have arrived.</summary>
    [Parameter]
    public EventCallback Started { get; set; }

    /// <param name="elements">Arguments of the module's <c>attach</c> before the page.</param>
    protected async Task TakeFilesAsync(string module, params object?[] elements) =>
        _uploader = await AttachAsync(module, [.. elements, Self]);

    /// <summary>Requests the upload from the API before any byte is sent.</summary>
    /// <returns>The address to PUT to; null if it was refused.</returns>
    protected async Task<string?> OfferAsync(string name, long size, Func<Task<string?>> ask)
    {
        string? address = null;
        await WhileHereAsync(async () =>
        {
            if (await TryAsync(async () => address = await ask()))
                Sending = new(name, size, 0, 0);
            StateHasChanged();
        });
        return address;
    }

    [JSInvokable]
    public void Progressed(long sent, long total, double bytesPerSecond)
    {
        Sending = Sending is null ? null : Sending with { Sent = sent, Size = total, Speed = bytesPerSecond };
        StateHasChanged();
    }

    [JSInvokable]
    public Task SentAsync() =>
        WhileHereAsync(async () =>
        {
            Sending = null;
            StateHasChanged();
            await Started.InvokeAsync();
        });

    /// <param name="problem">The API's response; null if the connection broke.</param>
    [JSInvokable]
    public void Failed(ApiProblem? problem)
    {
        Sending = null;
        Fault = problem is null
            ? new(Texts["Broken"], Texts["BrokenWhy"], Texts["BrokenHint"], null, null)
            : Fault.From(new ApiException((System.Net.HttpStatusCode)(problem.Status ?? 500), problem), W);
        StateHasChanged();
    }

    /// <param name="forget">Informs the API that no more bytes will be sent.</param>
    protected async Task CancelAsync(Func<Task> forget)
    {
        if (Sending is null)
            return;
        Sending = null;
        await _uploader!.InvokeVoidAsync("cancel", Gone);
        await TryAsync(forget);
    }
}
