using GpuGeek.Contracts.Datasets;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Components;

namespace GpuGeek.Web.Components.Pages.Runs;

/// <summary>Some of the dataset's pictures as training would see them; drawn anew when the recipe has not changed for a moment.</summary>
public sealed partial class AugmentationPreview
{
    private const int Expected = 16;

    /// <summary>A slider sends many values a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private IReadOnlyList<AugmentedPictureResponse> _pictures = [];
    private CancellationTokenSource? _latest;
    private string _asked = "";
    private bool _drawing,
        _isEmpty;

    [Parameter, EditorRequired]
    public string Org { get; set; } = "";

    [Parameter, EditorRequired]
    public Guid Dataset { get; set; }

    /// <summary>What matters for the pictures: other settings would only draw them anew.</summary>
    [Parameter, EditorRequired]
    public PartialRecipe Recipe { get; set; } = default!;

    /// <summary>The recipe changes no picture at random.</summary>
    [Parameter]
    public bool Fixed { get; set; }

    /// <summary>Not before the page lives: its first response does not wait for pictures.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var wanted = Fixed ? "" : $"{Dataset} {Recipe.Document.ToJsonString()}";
        if (wanted == _asked)
            return;
        _asked = wanted;
        if (Fixed)
            Supersede(null);
        else
            await DrawAsync();
    }

    // At once: two requests that replace each other must not both believe that they are the latest.
    private void Supersede(CancellationTokenSource? latest)
    {
        _latest?.Cancel();
        (_latest, _drawing) = (latest, false);
    }

    private async Task DrawAsync()
    {
        using var newerOrGone = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        Supersede(newerOrGone);
        try
        {
            await Task.Delay(Pause, Clock, newerOrGone.Token);
            _drawing = true;
            StateHasChanged();
            var answer = await Api.PreviewAugmentationAsync(Org, Dataset, new() { Recipe = Recipe }, newerOrGone.Token);
            (_pictures, _isEmpty, Fault) = (answer.Pictures, answer.Pictures.Count == 0, null);
        }
        catch (OperationCanceledException) when (newerOrGone.IsCancellationRequested)
        {
            // A newer recipe is drawn, or the page was left.
        }
        catch (Exception e) when (Components.Fault.Explains(e))
        {
            Fault = Components.Fault.From(e, W);
        }
        if (_latest != newerOrGone)
            return;
        (_latest, _drawing) = (null, false);
        StateHasChanged();
    }
}
