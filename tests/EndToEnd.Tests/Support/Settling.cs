using GpuGeek.TestSupport;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>
/// The requests of a page, from before it is opened: a page is settled when each has its answer and each picture in sight is drawn.
/// </summary>
internal sealed class Settling
{
    private const string PicturesAreDrawn =
        "() => [...document.images].every(i => i.hidden || i.complete || i.getBoundingClientRect().top > innerHeight)";
    private readonly HashSet<IRequest> _open = [];
    private readonly IPage _page;

    private Settling(IPage page) => _page = page;

    public static Settling Of(IPage page)
    {
        var settling = new Settling(page);
        page.Request += (_, request) => settling.Change(open => open.Add(request));
        page.RequestFinished += (_, request) => settling.Change(open => open.Remove(request));
        page.RequestFailed += (_, request) => settling.Change(open => open.Remove(request));
        return settling;
    }

    /// <summary>Not for a page that holds a request open by design.</summary>
    public async Task SettledAsync()
    {
        await _page.WaitForFunctionAsync(PicturesAreDrawn);
        await Eventually.HoldsAsync(OpenRequests, urls => urls.Count == 0, TimeSpan.FromSeconds(30));
    }

    private IReadOnlyList<string> OpenRequests()
    {
        lock (_open)
            return [.. _open.Select(request => request.Url)];
    }

    private void Change(Action<HashSet<IRequest>> change)
    {
        lock (_open)
            change(_open);
    }
}
