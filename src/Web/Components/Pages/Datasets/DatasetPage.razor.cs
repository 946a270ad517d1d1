using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Tenants;

namespace GpuGeek.Web.Components.Pages.Datasets;

public sealed partial class DatasetPage
{
    private string? _shownFor;
    private bool _loaded;
    private bool _watching;
    private IReadOnlyList<DatasetResponse> _datasets = [];
    private DatasetResponse? _dataset;
    private DatasetStatsResponse? _stats;
    private IReadOnlyList<ImportResponse> _imports = [];
    private IReadOnlyList<VersionResponse> _versions = [];
    private IReadOnlyList<MemberResponse> _people = [];
    private IReadOnlyList<string> _models = [];
    private readonly HashSet<Guid> _seenActive = [];

    /// <summary>Changes of others are shown so soon.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private const string Review = "review";

    /// <summary>Shown as a filter, newest first.</summary>
    private const int MostModels = 20;

    private static bool IsActive(ImportResponse import) => import.State is "queued" or "running";

    protected override async Task OnParametersSetAsync()
    {
        // The gallery handles a filter in the address.
        var place = $"{Org}/{Project}/{DatasetQuery}";
        if (_shownFor == place)
            return;
        _shownFor = place;
        _loaded = false;
        await ReloadAsync();
        _loaded = true;
        if (_imports.Any(IsActive))
            await WatchAsync();
    }

    protected override void OnInitialized() =>
        Poll(
            Look,
            async () =>
            {
                try
                {
                    if (_dataset is not null && _loaded)
                        await CountAsync();
                    return true;
                }
                catch (ApiException e) when ((int)e.Status is >= 400 and < 500)
                {
                    // It was deleted, or the person may not see it any more: the next click says so.
                    return false;
                }
            }
        );

    private async Task ReloadAsync()
    {
        _datasets = (await Api.ListDatasetsAsync(Org, Project, Gone)).Items;
        _dataset =
            _datasets.FirstOrDefault(d => d.Id == DatasetQuery)
            ?? _datasets.FirstOrDefault(d => d.ImageCount > 0)
            ?? (_datasets is [var first, ..] ? first : null);
        if (_dataset is null)
            return;
        _stats = await Api.GetDatasetStatsAsync(Org, _dataset.Id, Gone);
        _people = (await Api.ListMembersAsync(Org, Gone)).Items;
        var models = (await Api.ListModelsAsync(Org, Project, Gone)).Items;
        _models =
        [
            .. models.SelectMany(m => Enumerable.Range(0, m.LatestVersion).Select(i => $"{m.Name}/{m.LatestVersion - i}")).Take(MostModels),
        ];
        _imports = (await Api.ListImportsAsync(Org, _dataset.Id, Gone)).Items;
        _versions = [.. (await Api.ListVersionsAsync(Org, _dataset.Id, Gone)).Items.OrderByDescending(v => v.Number)];
    }

    /// <summary>Imports that are running or have ended on this page, and the newest one if it has a result to show; older imports are not
    /// shown.</summary>
    private IEnumerable<ImportResponse> ShownImports()
    {
        var newest = _imports.MaxBy(i => i.CreatedAt);
        return _imports
            .OrderByDescending(i => i.CreatedAt)
            .Where(import =>
                IsActive(import)
                || import.State == Review
                || _seenActive.Contains(import.Id)
                || (import == newest && (import.State == "failed" || (import.State == "succeeded" && import.Skipped > 0)))
            );
    }

    /// <summary>The first dataset of a project gets the project's name, so nobody has to choose one.</summary>
    private async Task<Guid> EnsureDatasetAsync()
    {
        if (_dataset is null)
        {
            _dataset = await Api.CreateDatasetAsync(Org, new() { Project = Project, Name = ProjectName }, Gone);
            _datasets = [.. _datasets, _dataset];
        }
        return _dataset.Id;
    }

    private async Task SampleAsync() =>
        await TryAsync(async () =>
        {
            await Api.CreateImportAsync(Org, await EnsureDatasetAsync(), new() { Sample = "shapes" }, Gone);
            await WatchAsync();
        });

    /// <summary>Polls the imports until none is running.</summary>
    private async Task WatchAsync()
    {
        if (!await RefreshImportsAsync() || _watching)
            return;
        _watching = true;
        Poll(TimeSpan.FromSeconds(1), async () => _watching = await RefreshImportsAsync());
    }

    private async Task<bool> RefreshImportsAsync()
    {
        if (_dataset is null)
            return false;
        _imports = (await Api.ListImportsAsync(Org, _dataset.Id, Gone)).Items;
        foreach (var import in _imports.Where(IsActive))
            _seenActive.Add(import.Id);
        StateHasChanged();
        if (_imports.Any(IsActive))
            return true;
        await ReloadAsync();
        await Workspace.RefreshAsync(Org, Project, Gone);
        return false;
    }

    private async Task TrainAsync() =>
        await TryAsync(async () =>
        {
            var dataset = _dataset!;
            // The version to train on: the newest one, unless pictures were added since.
            var version =
                _versions is [var newest, ..] && newest.ImageCount == dataset.ImageCount
                    ? newest
                    : await Api.CreateVersionAsync(Org, dataset.Id, new(), Gone);
            Navigation.NavigateTo($"/{Org}/{Project}/runs/new?version={version.Id}");
        });
}
