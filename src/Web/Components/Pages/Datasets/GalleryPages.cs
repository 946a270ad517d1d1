using GpuGeek.Contracts.Datasets;

namespace GpuGeek.Web.Components.Pages.Datasets;

/// <summary>The pictures of a long list that were loaded last, by their ordinals.</summary>
/// <param name="load">Loads a page: from an ordinal on, at most so many.</param>
internal sealed class GalleryPages(Func<int, int, Task<IReadOnlyList<ImageResponse>>> load)
{
    public const int PageSize = 100;

    /// <summary>Each open page of a browser keeps so many pages here.</summary>
    private const int Kept = 20;
    private readonly Dictionary<int, Task<ImageResponse[]>> _pages = [];
    private readonly List<int> _used = [];

    /// <returns>Null: it is not loaded, or there is none.</returns>
    public ImageResponse? this[int ordinal] =>
        _pages.TryGetValue(ordinal / PageSize, out var page)
        && page is { IsCompletedSuccessfully: true, Result: { } images }
        && ordinal % PageSize is var at
        && at < images.Length
            ? images[at]
            : null;

    /// <summary>The ordinals with which the pages begin that were looked at last.</summary>
    public IEnumerable<int> LookedAt => _used.TakeLast(3).Select(page => page * PageSize);

    /// <summary>Loads what is not loaded yet.</summary>
    /// <returns>The pictures themselves: a later page may take their place here.</returns>
    public async Task<List<ImageResponse>> LoadAsync(int from, int count)
    {
        var result = new List<ImageResponse>(count);
        for (var page = from / PageSize; page * PageSize < from + count; page++)
        {
            var images = await PageAsync(page);
            var first = Math.Max(from - page * PageSize, 0);
            result.AddRange(images.Skip(first).Take(from + count - page * PageSize - first));
        }
        return result;
    }

    /// <summary>Shows a picture as it is now, where it is.</summary>
    public void Replace(ImageResponse now)
    {
        foreach (var page in _pages.Values.Where(p => p.IsCompletedSuccessfully))
            if (Array.FindIndex(page.Result, image => image.Id == now.Id) is var at and >= 0)
                page.Result[at] = now;
    }

    private async Task<ImageResponse[]> PageAsync(int page)
    {
        _used.Remove(page);
        _used.Add(page);
        if (!_pages.TryGetValue(page, out var loading) || loading.IsFaulted || loading.IsCanceled)
            _pages[page] = loading = ReadAsync(page);
        while (_used.Count > Kept)
        {
            _pages.Remove(_used[0]);
            _used.RemoveAt(0);
        }
        return await loading;
    }

    private async Task<ImageResponse[]> ReadAsync(int page) => [.. await load(page * PageSize, PageSize)];
}
