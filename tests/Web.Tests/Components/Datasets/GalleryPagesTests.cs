using GpuGeek.Contracts.Datasets;
using GpuGeek.Web.Components.Pages.Datasets;

namespace GpuGeek.Web.Tests.Components.Datasets;

public sealed class ThePagesOfALongGallery
{
    private const int Count = 100_000;
    private readonly List<int> _loaded = [];
    private readonly GalleryPages _pages;

    public ThePagesOfALongGallery() => _pages = new(LoadAsync);

    private static Guid Id(int ordinal) => new(ordinal, 0, 0, new byte[8]);

    private Task<IReadOnlyList<ImageResponse>> LoadAsync(int at, int limit)
    {
        _loaded.Add(at);
        return Task.FromResult<IReadOnlyList<ImageResponse>>([
            .. Enumerable
                .Range(at, Math.Clamp(Count - at, 0, limit))
                .Select(i => new ImageResponse(Id(i), "rose", null, $"{i}.jpg", "jpeg", 9, 9, 9, "", "/t", "/c", default)),
        ]);
    }

    [Fact]
    public async Task Are_loaded_once_and_found_by_ordinal()
    {
        Assert.Equal(Enumerable.Range(150, 200).Select(Id), (await _pages.LoadAsync(150, 200)).Select(i => i.Id));
        await _pages.LoadAsync(200, 10);
        Assert.Equal([100, 200, 300], _loaded);
        Assert.Equal((Id(349), Id(399), null), (_pages[349]!.Id, _pages[399]!.Id, _pages[400]));
        Assert.Equal([Id(Count - 1)], (await _pages.LoadAsync(Count - 1, 50)).Select(i => i.Id));
    }

    [Fact]
    public async Task Are_forgotten_when_many_others_were_looked_at()
    {
        Assert.Equal(6_000, (await _pages.LoadAsync(0, 6_000)).Count);
        Assert.Null(_pages[0]);
        Assert.Equal(Id(5_999), _pages[5_999]!.Id);
        Assert.Equal(Id(0), Assert.Single(await _pages.LoadAsync(0, 1)).Id);
    }

    [Fact]
    public async Task Show_a_picture_as_it_is_now()
    {
        var image = (await _pages.LoadAsync(120, 1))[0];
        _pages.Replace(image with { Class = "tulip" });
        Assert.Equal("tulip", _pages[120]!.Class);
    }

    [Fact]
    public async Task Are_asked_for_again_after_a_failure()
    {
        var failed = false;
        var pages = new GalleryPages(
            (at, limit) =>
            {
                if (failed)
                    return LoadAsync(at, limit);
                failed = true;
                return Task.FromException<IReadOnlyList<ImageResponse>>(new TimeoutException());
            }
        );
        await Assert.ThrowsAsync<TimeoutException>(() => pages.LoadAsync(0, 1));
        Assert.Null(pages[0]);
        Assert.Single(await pages.LoadAsync(0, 1));
    }
}
