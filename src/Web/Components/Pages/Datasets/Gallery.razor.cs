using System.Globalization;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Tenants;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using Microsoft.JSInterop;

namespace GpuGeek.Web.Components.Pages.Datasets;

/// <summary>The pictures of a dataset, however many: only the rows in view are rendered, and loaded when they come into view.</summary>
public sealed partial class Gallery
{
    /// <summary>As many ids as one edit may have.</summary>
    private const int MostPicked = 6_000;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(400);

    /// <summary>Browsers lay nothing out beyond 33 million pixels.</summary>
    private const long MostPixels = 30_000_000;
    private ElementReference _grid;
    private IJSObjectReference? _script;
    private bool _attached;
    private Virtualize<int>? _rows;
    private GalleryPages _pages = Nothing;
    private ImageCountResponse? _count;
    private int _columns = 6;
    private int _rowHeight = 126;
    private bool _isMeasured;
    private string? _shownFor;
    private string? _sizedFor;
    private long _stamp;
    private int? _open;

    /// <summary>It stays open where others move what is around it.</summary>
    private ImageResponse? _opened;
    private readonly HashSet<Guid> _picked = [];
    private bool _isAll;
    private int? _last;
    private ImageEditResponse? _edit;
    private ImageEditProgressResponse? _progress;

    /// <summary>What the last edit did, as its sentence is called.</summary>
    private string _did = "";

    [Parameter, EditorRequired]
    public string Org { get; set; } = "";

    [Parameter, EditorRequired]
    public Guid Dataset { get; set; }

    [Parameter, EditorRequired]
    public GalleryView View { get; set; } = new(new());

    /// <summary>Another view was chosen.</summary>
    [Parameter]
    public EventCallback<GalleryView> Viewed { get; set; }

    /// <summary>Those who may have added pictures.</summary>
    [Parameter]
    public IReadOnlyList<MemberResponse> People { get; set; } = [];

    /// <summary>Model versions that may have predicted pictures wrong, such as <c>flowers/2</c>.</summary>
    [Parameter]
    public IReadOnlyList<string> Models { get; set; } = [];

    /// <summary>In the order of the class bar, which determines each colour.</summary>
    [Parameter]
    public IReadOnlyList<string> ClassNames { get; set; } = [];

    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>A picture was relabelled.</summary>
    [Parameter]
    public EventCallback Relabelled { get; set; }

    /// <summary>A changed value reads the pictures again that are shown: what is selected stays.</summary>
    [Parameter]
    public long Stamp { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        var place = $"{Dataset}/{View.Filter}/{View.Days}/{View.SortName}";
        if (_shownFor == place && _stamp == Stamp)
            return;
        _stamp = Stamp;
        if (_shownFor != place)
        {
            _shownFor = place;
            Unpick();
            Open(null);
            _pages = Nothing;
        }
        await LoadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_count is null)
            return;
        if (!_attached)
        {
            _attached = true;
            _sizedFor = View.SizeName;
            _script = await AttachAsync("js/gallery.js", _grid, Self);
        }
        else if (_sizedFor != View.SizeName && _script is not null)
        {
            _sizedFor = View.SizeName;
            await _script.InvokeVoidAsync("measure", Gone);
        }
    }

    /// <summary>How many tiles fit beside each other, and how high a row of them is.</summary>
    [JSInvokable]
    public Task LayoutAsync(int columns, int rowHeight) =>
        WhileHereAsync(() =>
        {
            (_columns, _rowHeight, _isMeasured) = (Math.Max(1, columns), Math.Max(1, rowHeight), true);
            StateHasChanged();
            return Task.CompletedTask;
        });

    private async Task LoadAsync()
    {
        var place = _shownFor;
        var (filter, sort) = (Filter(), View.SortName);
        var pages = new GalleryPages(async (at, limit) => (await Api.ListImagesAtAsync(Org, Dataset, filter, sort, at, limit, Gone)).Items);
        var count = await Api.CountImagesAsync(Org, Dataset, filter, Gone);
        // What is shown stays until the same is here again.
        foreach (var at in _pages.LookedAt.DefaultIfEmpty(0).ToArray())
            await pages.LoadAsync(at, 1);
        if (_shownFor != place)
            return;
        (_pages, _count) = (pages, count);
        if (_open is { } open && _pages[open] is { } now && now.Id == _opened?.Id)
            _opened = now;
        if (_rows is not null)
            await _rows.RefreshDataAsync();
    }

    private Task<bool> ReloadAsync() => TryAsync(LoadAsync);

    private async ValueTask<ItemsProviderResult<int>> RowsAsync(ItemsProviderRequest request)
    {
        var rows = (Shown + _columns - 1) / _columns;
        var first = Math.Min(request.StartIndex, rows);
        var last = Math.Min(first + request.Count, rows);
        // Beside what a person has begun, so not as one of these.
        try
        {
            if (last > first)
                await _pages.LoadAsync(first * _columns, (last - first) * _columns);
        }
        catch (Exception e) when (Fault.Explains(e) && !Gone.IsCancellationRequested)
        {
            // What cannot be loaded stays empty, and the note says why.
            Fault = Fault.From(e, W);
            StateHasChanged();
        }
        return new(Enumerable.Range(first, last - first), rows);
    }

    /// <summary>Number of pictures that can be scrolled to.</summary>
    private int Shown => (int)Math.Min(_count?.Count ?? 0, MostPixels / _rowHeight * _columns);

    private static GalleryPages Nothing => new((_, _) => Task.FromResult<IReadOnlyList<ImageResponse>>([]));

    private string Matching(ImageCountResponse count) =>
        count.Count > Shown ? T["MatchingFirst", F.Count(Shown), F.Count(count.Count)]
        : count.AtLeast ? T["MatchingMore", F.Count(count.Count)]
        : count.Count == 1 ? T["OneImage"]
        : W["ImagesCount", F.Count(count.Count)];

    /// <summary>With the time that the days mean now.</summary>
    private ImageFilter Filter() => View.Filter with { AddedFrom = View.Days is { } days ? Clock.GetUtcNow().AddDays(-days) : null };

    private static int? Number(ChangeEventArgs e) =>
        int.TryParse((string?)e.Value, CultureInfo.InvariantCulture, out var number) ? number : null;

    private Task FilterAsync(ImageFilter filter) => Viewed.InvokeAsync(View with { Filter = filter });

    private bool IsPicked(ImageResponse image) => _isAll || _picked.Contains(image.Id);

    private async Task ClickAsync(int index, MouseEventArgs e)
    {
        if (MayEdit && (_picked.Count > 0 || e.ShiftKey || e.CtrlKey || e.MetaKey))
            await PickAsync(index, e.ShiftKey);
        else
            Open(index);
    }

    /// <summary>With shift: all from the picture that was picked last, also those that are not in view.</summary>
    private async Task PickAsync(int index, bool range)
    {
        _isAll = false;
        if (range && _last is { } last && last != index)
            await PickRangeAsync(Math.Min(last, index), Math.Abs(last - index) + 1);
        else if (_pages[index] is { } image && !_picked.Add(image.Id))
            _picked.Remove(image.Id);
        _last = index;
    }

    private async Task PickRangeAsync(int from, int count)
    {
        if (_picked.Count + count > MostPicked)
        {
            Fault = new(T["TooManyPicked"], T["TooManyPickedWhy", F.Count(MostPicked)], T["TooManyPickedHint"], null, null);
            return;
        }
        await TryAsync(async () => _picked.UnionWith((await _pages.LoadAsync(from, count)).Select(image => image.Id)));
    }

    private void Unpick()
    {
        _picked.Clear();
        (_isAll, _last) = (false, null);
    }

    /// <summary>x picks the picture, 1 to 9 relabel it or what is picked, Escape unpicks.</summary>
    [JSInvokable]
    public Task KeyAsync(string key, int index) =>
        WhileHereAsync(async () =>
        {
            if (!MayEdit || _pages[index] is null || _open is not null)
                return;
            if (key == "x")
                await PickAsync(index, false);
            else if (key == "Escape")
                Unpick();
            else if (key[0] - '1' is var number && number < ClassNames.Count)
            {
                if (_picked.Count == 0)
                    await PickAsync(index, false);
                await EditAsync(new() { Class = ClassNames[number] });
            }
            StateHasChanged();
        });

    private async Task EditAsync(EditImagesRequest what)
    {
        var request = _isAll ? what with { Filter = Filter() } : what with { Images = [.. _picked] };
        BeginForm();
        _did =
            what.Remove ? "Removed"
            : what.Archived is { } archived ? (archived ? "ArchivedMany" : "Unarchived")
            : "Edited";
        if (!await TryWatchedAsync(async () => _edit = await Api.Once(Form).EditImagesAsync(Org, Dataset, request, Gone)))
            return;
        await ShowChangeAsync();
    }

    private string Sentence(ImageEditResponse edit) =>
        edit.UndoneAt is not null ? T["Undone", F.Count(edit.Count)]
        : edit.Count == 1 ? T[_did + "One"]
        : T[_did, F.Count(edit.Count)];

    private async Task UndoAsync()
    {
        if (!await TryWatchedAsync(async () => _edit = await Api.UndoImageEditAsync(Org, Dataset, _edit!.Id, Gone)))
            return;
        await ShowChangeAsync();
    }

    /// <summary>Shows how many pictures are changed, where that takes longer than a moment.</summary>
    private async Task<bool> TryWatchedAsync(Func<Task> work)
    {
        var isRunning = true;
        Poll(
            ProgressEvery,
            async () =>
            {
                try
                {
                    var progress = await Api.GetImageEditProgressAsync(Org, Dataset, Gone);
                    _progress = isRunning && progress.Total > 0 ? progress : null;
                }
                catch (ApiException)
                {
                    // The edit says why it failed.
                    _progress = null;
                }
                return isRunning;
            }
        );
        try
        {
            return await TryAsync(work);
        }
        finally
        {
            isRunning = false;
            _progress = null;
        }
    }

    private async Task ShowChangeAsync()
    {
        Unpick();
        await ReloadAsync();
        await Relabelled.InvokeAsync();
    }

    private static string? Text(ChangeEventArgs e) => string.IsNullOrWhiteSpace((string?)e.Value) ? null : ((string)e.Value).Trim();

    private string NameOf(ImageResponse image) => image.Class.Length > 0 ? image.Class : T["NoLabel"];

    private string EdgeOf(ImageResponse image) => image.Class.Length > 0 ? $"var(--series-{ColorOf(image.Class)})" : "transparent";

    private int ColorOf(string name)
    {
        for (var i = 0; i < ClassNames.Count; i++)
            if (ClassNames[i] == name)
                return i % 7 + 1;
        return 1;
    }

    private async Task StepAsync(int by)
    {
        if (_open is not { } at || at + by < 0 || at + by >= Shown)
            return;
        await TryAsync(() => _pages.LoadAsync(at + by, 1));
        if (_pages[at + by] is not null)
            Open(at + by);
    }

    private void Open(int? at) => (_open, _opened) = (at, at is { } index ? _pages[index] : null);

    /// <summary>It stays where it is, whatever the filter says, until the pictures are loaded again.</summary>
    private Task ChangedAsync(ImageResponse now)
    {
        _pages.Replace(now);
        if (_opened?.Id == now.Id)
            _opened = now;
        return Relabelled.InvokeAsync();
    }

    private async Task CloseAsync()
    {
        var at = _open;
        Open(null);
        if (at is not null && _script is not null)
            await _script.InvokeVoidAsync("focus", Gone, at);
    }
}
