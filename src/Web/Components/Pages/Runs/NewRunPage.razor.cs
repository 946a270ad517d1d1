using System.Globalization;
using System.Net;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Devices;
using GpuGeek.Contracts.Recipes;
using GpuGeek.Contracts.Runs;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Components;

namespace GpuGeek.Web.Components.Pages.Runs;

public sealed partial class NewRunPage
{
    private readonly NewRunForm _form = new();

    /// <summary>What was asked for and does not exist any more, in sentences.</summary>
    private readonly List<string> _lost = [];

    private List<(string Dataset, VersionResponse Version)>? _versions;

    /// <summary>A dataset without a version yet: starting makes one.</summary>
    private DatasetResponse? _current;

    private IReadOnlyList<ArchitectureResponse> _architectures = [];
    private IReadOnlyList<StartChoice> _starts = [];

    /// <summary>Classes that connected workers announce.</summary>
    private IReadOnlyList<DeviceClassResponse> _devices = [];

    /// <summary>The run whose recipe filled the form.</summary>
    private RunResponse? _again;

    [Parameter]
    public string Org { get; set; } = "";

    [Parameter]
    public string Project { get; set; } = "";

    [SupplyParameterFromQuery(Name = "version")]
    private Guid? VersionQuery { get; set; }

    /// <summary>As <c>weights:…</c> or <c>model:flowers:3</c>.</summary>
    [SupplyParameterFromQuery(Name = "start")]
    private string? StartQuery { get; set; }

    /// <summary>A run to train again.</summary>
    [SupplyParameterFromQuery(Name = "run")]
    private Guid? RunQuery { get; set; }

    /// <summary>Empty: any.</summary>
    private string Device
    {
        get => _form.Device ?? "";
        set => _form.Device = value.Length == 0 ? null : value;
    }

    /// <summary>That of the weights, where it starts from some.</summary>
    private string Architecture
    {
        get => _form.Start.Architecture ?? _form.Architecture;
        set
        {
            _form.Architecture = value;
            _form[StochasticDepth] = null;
        }
    }

    private const string StochasticDepth = "regularization.stochasticDepth";

    /// <summary>The organisation's own recipes, and the older version that a run is trained again from.</summary>
    private readonly List<RecipeResponse> _own = [];

    private bool _saving;

    private RecipeResponse? Own => _own.FirstOrDefault(r => r.Reference == _form.Preset);

    /// <summary>A field sends many values while somebody types.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Every value of the recipe that the form asks for; while the API refuses the form, of the last that it took.</summary>
    private Recipe? _resolved;

    private string _resolvedFor = "";

    /// <summary>What the preset chose for the version.</summary>
    private IReadOnlyList<RecipeChoice> _choices = [];

    private bool TrainsBackbone => _resolved?.Transfer.FreezesBackbone == false;

    private object? ValueOf(string path) => _form[path] ?? Basis(RecipeSchema.Get(path));

    /// <summary>What an empty field means; null: nothing, or it is not known yet.</summary>
    private object? Basis(Setting setting) => _form.ByAugmentationPreset(setting) ?? (_resolved is null ? null : setting.Of(_resolved));

    /// <summary>Settings of a section that the form shows: those without a field of their own that apply to what is chosen.</summary>
    private IEnumerable<Setting> Shown(Section section) =>
        section.Settings.Where(s =>
            !NewRunForm.HasOwnField(s)
            && s.Applies(ValueOf)
            && (s.Path != StochasticDepth || (Chosen is { StochasticDepth: true } && TrainsBackbone))
        );

    private void ChoosePreset(string preset)
    {
        _form.Preset = preset;
        _form[StochasticDepth] = null;
    }

    /// <summary>The form names an architecture and a start, so it takes those of the recipe.</summary>
    private void ChooseOwn(ChangeEventArgs change)
    {
        ChoosePreset(change.Value is string { Length: > 0 } reference ? reference : NewRunForm.Presets[0]);
        if (Own?.Recipe is not { } recipe)
            return;
        _form.Architecture = recipe.Model.Architecture;
        (_form.Start, _form.Groups) = (recipe.Transfer.Pretrained ? StartChoice.Published : StartChoice.Random, null);
    }

    private void TakeSaved(RecipeResponse saved)
    {
        _own.RemoveAll(r => r.Name == saved.Name);
        _own.Insert(0, saved);
    }

    /// <summary>Whose pictures the augmentation is shown on.</summary>
    private Guid? Dataset =>
        _versions?.FirstOrDefault(v => v.Version.Id == _form.Version).Version?.Dataset ?? (_versions is [] ? _current?.Id : null);

    private ArchitectureResponse? Chosen => _architectures.FirstOrDefault(a => a.Name == Architecture);

    /// <summary>The form asks for published weights that no worker has or can download.</summary>
    private bool LacksWeights => _form.Start == StartChoice.Published && Chosen is { WeightsAvailable: false };

    private string OptionText(ArchitectureResponse item) =>
        item.WeightsAvailable == false ? T["WeightsAbsentOption", item.Title] : item.Title;

    private string? ArchitectureHelp => Chosen is { } a ? $"{F.Compact(a.Parameters)} · ImageNet {F.Percent(a.ImageNetTop1)}" : null;

    protected override async Task OnInitializedAsync()
    {
        _architectures = (await Api.ListArchitecturesAsync(Gone)).Items;
        _starts = await StartChoice.ReadAsync(Api, Org, Project, Gone);
        _devices = (await Api.ListDevicesAsync(Org, Gone)).Items;
        _own.AddRange((await Api.ListRecipesAsync(Org, ct: Gone)).Items);
        var versions = new List<(string Dataset, VersionResponse Version)>();
        var datasets = (await Api.ListDatasetsAsync(Org, Project, Gone)).Items;
        foreach (var dataset in datasets)
            versions.AddRange((await Api.ListVersionsAsync(Org, dataset.Id, Gone)).Items.Select(v => (dataset.Name, v)));
        versions = [.. versions.OrderByDescending(v => v.Version.CreatedAt)];
        _current = versions.Count == 0 ? datasets.FirstOrDefault(d => d.ClassCount > 1) : null;
        if (versions is [var newest, ..])
            _form.Version = newest.Version.Id;
        if (StartQuery is not null)
            TakeStart(StartQuery);
        if (VersionQuery is { } version && !TakeVersion(version, versions))
            _lost.Add(T["LostVersion"]);
        if (RunQuery is { } run)
            await TakeRunAsync(run, versions);
        await ResolveAsync();
        _versions = versions;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_versions is null)
            return;
        var wanted = Wanted(_form.Asked());
        if (wanted == _resolvedFor)
            return;
        _resolvedFor = wanted;
        await Task.Delay(Pause, Clock, Gone);
        if (_resolvedFor != wanted)
            return;
        await ResolveAsync();
        StateHasChanged();
    }

    private string Wanted(PartialRecipe asked) => _form.Version + asked.Document.ToJsonString();

    private string ChosenText(RecipeChoice choice)
    {
        var setting = RecipeSchema.Get(choice.Setting);
        return _resolved is not null && setting.Of(_resolved) is { } value ? R.Value(value, setting) : "";
    }

    private string ReasonOf(RecipeChoice choice) =>
        T["Why." + choice.Reason, [.. choice.Figures.Select(f => f.ToString("#,0.#", CultureInfo.CurrentCulture))]];

    private async Task ResolveAsync()
    {
        var asked = _form.Asked();
        var wanted = Wanted(asked);
        _resolvedFor = wanted;
        try
        {
            // A dataset without a version has no splits yet to choose by.
            Guid? version = _form.Version == Guid.Empty ? null : _form.Version;
            var answer = await Api.ResolveRecipeAsync(Org, new() { Recipe = asked, DatasetVersion = version }, Gone);
            if (_resolvedFor == wanted)
                (_resolved, _choices) = (answer.Recipe, answer.Choices);
        }
        catch (ApiException e) when (e.Status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity)
        {
            // Said at the fields when the form is sent; somebody may be typing.
        }
    }

    private void TakeStart(string asked)
    {
        if (_starts.FirstOrDefault(c => c.Value == asked) is { } start)
            start.ApplyTo(_form);
        else
            _lost.Add(T["LostStart", asked]);
    }

    private bool TakeVersion(Guid asked, List<(string Dataset, VersionResponse Version)> versions)
    {
        if (!versions.Any(v => v.Version.Id == asked))
            return false;
        _form.Version = asked;
        return true;
    }

    /// <summary>Fills the form with a run's recipe; values that no longer exist are said, and what stands instead.</summary>
    private async Task TakeRunAsync(Guid id, List<(string Dataset, VersionResponse Version)> versions)
    {
        try
        {
            _again = await Api.GetRunAsync(Org, id, ct: Gone);
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            _lost.Add(T["LostRun"]);
            return;
        }
        var recipe = _again.Recipe;
        var start = StartChoice.Of(recipe, _starts);
        if (start is null)
            _lost.Add(T["LostStart", recipe.Transfer.Start!.Name]);
        _form.Take(recipe, start ?? StartChoice.Published);
        _form.Device = _again.Device;
        await TakePresetAsync(recipe.Preset);
        if (Chosen is null)
        {
            _lost.Add(T["LostArchitecture", Architecture]);
            _form.Architecture = NewRunForm.DefaultArchitecture;
        }
        if (!TakeVersion(_again.DatasetVersion, versions))
            _lost.Add(T["LostVersionOf", _again.DatasetName, _again.DatasetVersionNumber]);
    }

    /// <summary>The run's own recipe may be an older version by now, or be deleted: every value stands in the form either way.</summary>
    private async Task TakePresetAsync(string preset)
    {
        if (NewRunForm.Presets.Contains(preset) || _own.Any(r => r.Reference == preset))
            return;
        var (name, number) = RecipeReference.Parse(preset)!;
        try
        {
            _own.Add(await Api.GetRecipeAsync(Org, name, number, Gone));
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            _lost.Add(N["Lost", preset]);
            _form.Preset = "balanced";
        }
    }

    private async Task StartAsync() =>
        await TryAsync(async () =>
        {
            if (_form.Version == Guid.Empty)
                _form.Version = (await Api.CreateVersionAsync(Org, _current!.Id, new(), Gone)).Id;
            var run = await Api.Once(Form).CreateRunAsync(Org, _form.Request(Project), Gone);
            Navigation.NavigateTo($"/{Org}/{Project}/runs/{run.Id}");
        });
}
