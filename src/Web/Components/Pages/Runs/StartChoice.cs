using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Weights;
using GpuGeek.Recipes;

namespace GpuGeek.Web.Components.Pages.Runs;

/// <summary>A possible start of a run.</summary>
/// <param name="Value">In the form and in addresses: <c>published</c>, <c>random</c>, <c>model:flowers:3</c> or
/// <c>weights:0199…</c>.</param>
/// <param name="Architecture">Architecture of the weights; null: the one in the form is used.</param>
public sealed record StartChoice(string Value, string Name = "", string? Architecture = null, StartSettings? Request = null)
{
    public static readonly StartChoice Published = new("published");
    public static readonly StartChoice Random = new("random");

    /// <summary>For an uploaded file: the layer groups that fit; for others everything fits.</summary>
    public WeightsReportResponse? Report { get; private init; }

    /// <summary>The models of the project, newest first, and the uploads of which something fits.</summary>
    public static async Task<IReadOnlyList<StartChoice>> ReadAsync(
        GpuGeekClient api,
        string org,
        string project,
        CancellationToken cancellationToken
    )
    {
        var choices = new List<StartChoice>();
        foreach (var model in (await api.ListModelsAsync(org, project, cancellationToken)).Items)
            choices.AddRange(
                (await api.ListModelVersionsAsync(org, model.Name, cancellationToken)).Items.Select(v => new StartChoice(
                    $"model:{v.Model}:{v.Version}",
                    $"{v.Model} v{v.Version}",
                    v.Architecture,
                    new() { Model = v.Model, Version = v.Version }
                ))
            );
        choices.AddRange(
            (await api.ListWeightsAsync(org, project, cancellationToken))
                .Items.Where(w => w.Report is { FittingGroups: > 0 })
                .Select(w => new StartChoice($"weights:{w.Id}", w.Name, w.Report!.Architecture, new() { Weights = w.Id })
                {
                    Report = w.Report,
                })
        );
        return choices;
    }

    /// <summary>The start of a recipe.</summary>
    /// <returns>Null: the project no longer has these weights.</returns>
    public static StartChoice? Of(Recipe recipe, IReadOnlyList<StartChoice> choices) =>
        recipe.Transfer switch
        {
            { Start: { } start } => choices.FirstOrDefault(c =>
                c.Request is { } r && (r.Weights, r.Model, r.Version) == (start.Weights, start.Model, start.Version)
            ),
            { Pretrained: false } => Random,
            _ => Published,
        };

    public void ApplyTo(NewRunForm form) =>
        (form.Start, form.Groups) = (this, Report is { Fits: false, FittingGroups: var fitting } ? fitting : null);
}
