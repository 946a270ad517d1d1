using GpuGeek.Api.Http;
using GpuGeek.Domain.Models;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Models;

/// <summary>One split of a dataset version, as an evaluation is asked for it.</summary>
/// <param name="Name">Of the dataset.</param>
/// <param name="Number">Of the version.</param>
/// <param name="Counts">Pictures of each class that has any.</param>
internal sealed record EvaluatedSet(Guid Dataset, string Name, int Number, SortedDictionary<string, int> Counts)
{
    private const int MostNamed = 5;

    public static ProblemHttpResult Unknown =>
        Problems.Impossible(
            "unknown_dataset_version",
            "The organisation does not have this dataset version.",
            "GET …/datasets/{dataset}/versions lists them."
        );

    public static async Task<EvaluatedSet?> FindAsync(
        GpuGeekDbContext db,
        Guid datasetVersion,
        string split,
        CancellationToken cancellationToken
    )
    {
        var found = await (
            from v in db.DatasetVersions
            join d in db.Datasets on v.DatasetId equals d.Id
            where v.Id == datasetVersion
            select new
            {
                Version = v,
                d.Id,
                d.Name,
            }
        )
            .AsNoTracking()
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null)
            return null;
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, count) in found.Version.Counts.GetValueOrDefault(split) ?? [])
            if (count > 0)
                counts[name] = count;
        return new(found.Id, found.Name, found.Version.Number, counts);
    }

    /// <returns>Pictures that are scored, or why nothing can be.</returns>
    public (int Scored, ProblemHttpResult? Refusal) Score(string[] ofModel, IReadOnlyDictionary<string, string> map)
    {
        if (map.Keys.FirstOrDefault(name => !Counts.ContainsKey(name)) is { } strange)
            return (0, UnknownClass($"No picture of the split has the class '{strange}'."));
        if (map.Values.FirstOrDefault(name => name != ClassMap.LeftOut && !ofModel.Contains(name)) is { } absent)
            return (0, UnknownClass($"The model has no class '{absent}'."));
        var indices = ClassMap.Resolve(Counts.Keys, ofModel, map);
        string[] undecided = [.. Counts.Keys.Where((_, i) => indices[i] is null)];
        if (undecided.Length > 0)
            return (
                0,
                Problems.Impossible(
                    "classes_differ",
                    $"The model does not have {undecided.Length} of the classes: {string.Join(", ", undecided.Take(MostNamed))}"
                        + (undecided.Length > MostNamed ? ", …" : "."),
                    "Say in 'classes' which class of the model each of them is, or leave it out with an empty value."
                )
            );
        var scored = Counts.Values.Where((_, i) => indices[i] != ClassMap.NoClass).Sum();
        return scored > 0
            ? (scored, null)
            : (
                0,
                Problems.Impossible(
                    "nothing_to_score",
                    "No picture would be scored.",
                    "Choose a split that has pictures of the model's classes."
                )
            );
    }

    private static ProblemHttpResult UnknownClass(string detail) =>
        Problems.Impossible("unknown_class", detail, "GET …/evaluations/preview lists the classes of both.");
}
