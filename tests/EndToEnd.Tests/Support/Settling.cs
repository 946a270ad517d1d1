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
    private const string Received = "() => performance.getEntriesByType('resource').filter(e => e.responseEnd > 0).map(e => e.name)";
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
        await Eventually.HoldsAsync(OpenRequestsAsync, urls => urls.Count == 0, TimeSpan.FromSeconds(30));
    }

    /// <summary>
    /// Under load, the event of a request's end has been lost, so the page's own record of what it has received is asked too.
    /// </summary>
    private async Task<IReadOnlyList<string>> OpenRequestsAsync()
    {
        List<string> open;
        lock (_open)
            open = [.. _open.Select(request => request.Url)];
        return open.Count == 0 ? [] : [.. open.Except(await _page.EvaluateAsync<string[]>(Received))];
    }

    private void Change(Action<HashSet<IRequest>> change)
    {
        lock (_open)
            change(_open);
    }
}
