using System.Net;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

internal static class AugmentationEndpoint
{
    private const int Side = 160;

    /// <summary>Larger files would cost more memory than a preview is worth.</summary>
    private const long MaxBytes = 8 << 20;

    private sealed record Sample(Guid Id, string Class, string Hash);

    public static void Map(RouteGroupBuilder datasets) =>
        datasets
            .MapPost("/{dataset:guid}/augmentation-preview", PreviewAsync)
            .Needs(Role.Viewer, Scopes.DatasetsRead)
            .WithName("PreviewAugmentation")
            .WithoutChangeFilter();

    /// <summary>See what a recipe's augmentation makes of some of the pictures</summary>
    /// <remarks>The process that answers predictions draws them, with the code that trains. A recipe that keeps the backbone sees fixed
    /// views of its pictures and is refused (<c>augmentation_unsupported</c>).</remarks>
    private static async Task<Results<Ok<AugmentationPreviewResponse>, ProblemHttpResult>> PreviewAsync(
        Guid dataset,
        PreviewAugmentationRequest request,
        HttpContext http,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        PredictorPool pool,
        CancellationToken cancellationToken
    )
    {
        if (!await db.Datasets.AnyAsync(d => d.Id == dataset, cancellationToken))
            return Problems.NotFound();
        var recipe = RecipePresets.Resolve(request.Recipe, await OwnRecipes.BasisAsync(db, request.Recipe, cancellationToken));
        if (recipe.Transfer.FreezesBackbone)
            return Problems.Impossible(
                "augmentation_unsupported",
                "The recipe keeps the backbone as it is (the preset 'fast', or a backbone rate of 0): it sees fixed views of its pictures.",
                "Choose 'balanced' to see random changes."
            );
        var (samples, pictures) = await ReadAsync(
            await ChooseAsync(db, dataset, cancellationToken),
            tenant.OrgId,
            store,
            cancellationToken
        );
        if (samples.Count == 0)
            return TypedResults.Ok(new AugmentationPreviewResponse([]));
        try
        {
            var drawn = await pool.AugmentAsync(DeploymentKey.Organisation(tenant.OrgId), Order(recipe), pictures, cancellationToken);
            return TypedResults.Ok(
                new AugmentationPreviewResponse([
                    .. samples.Zip(drawn.Pictures, (sample, versions) => new AugmentedPictureResponse(sample.Id, sample.Class, versions)),
                ])
            );
        }
        catch (PredictorRefusedException refused)
        {
            return Refused(http.Response, refused);
        }
        catch (Exception failure) when (PredictorFailures.IsAway(failure))
        {
            return PredictorFailures.Unavailable(http.Response);
        }
    }

    private static AugmentationOrder Order(Recipe recipe) =>
        new(recipe.Augmentation, Preprocessing.Of(recipe), recipe.Data.Seed, AugmentationOrder.MaxVersions, Side);

    /// <summary>The oldest pictures of the first classes: one of each, then a second of each, until there are enough.</summary>
    private static async Task<List<Sample>> ChooseAsync(GpuGeekDbContext db, Guid dataset, CancellationToken cancellationToken)
    {
        var usable = db.DatasetImages.Where(i =>
            i.DatasetId == dataset && !i.IsArchived && i.Bytes <= MaxBytes && (i.Split == null || i.Split == Splits.Train)
        );
        var classes = await db
            .DatasetClasses.Where(c => c.DatasetId == dataset && usable.Any(i => i.ClassId == c.Id))
            .OrderBy(c => c.Name)
            .Take(AugmentationOrder.MaxPictures)
            .Select(c => new { c.Id, c.Name })
            .ToListAsync(cancellationToken);
        var found = new List<(int Rank, Sample Sample)>();
        foreach (var one in classes)
        {
            var images = await usable
                .Where(i => i.ClassId == one.Id)
                .OrderBy(i => i.Id)
                .Take(AugmentationOrder.MaxPictures)
                .Select(i => new { i.Id, i.Hash })
                .ToListAsync(cancellationToken);
            found.AddRange(images.Select((image, rank) => (rank, new Sample(image.Id, one.Name, image.Hash))));
        }
        return [.. found.OrderBy(f => f.Rank).Take(AugmentationOrder.MaxPictures).OrderBy(f => f.Sample.Class).Select(f => f.Sample)];
    }

    /// <summary>A picture whose file is missing is left out.</summary>
    private static async Task<(List<Sample> Samples, List<byte[]> Pictures)> ReadAsync(
        List<Sample> chosen,
        Guid org,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        var (samples, pictures) = (new List<Sample>(), new List<byte[]>());
        foreach (var sample in chosen)
        {
            try
            {
                await using var stream = await store.OpenReadAsync(ObjectKeys.Content(org, sample.Hash), cancellationToken);
                using var copy = new MemoryStream();
                await stream.CopyToAsync(copy, cancellationToken);
                samples.Add(sample);
                pictures.Add(copy.ToArray());
            }
            catch (ObjectNotFoundException)
            {
                continue;
            }
        }
        return (samples, pictures);
    }

    private static ProblemHttpResult Refused(HttpResponse response, PredictorRefusedException refused)
    {
        if (refused.Status != HttpStatusCode.TooManyRequests)
            return Problems.Impossible(refused.Problem.Code, refused.Problem.Detail, refused.Problem.Hint);
        response.Headers.RetryAfter = refused.RetryAfter ?? "1";
        return Problems.Of(429, refused.Problem.Code, "Too many previews at once", refused.Problem.Detail, refused.Problem.Hint);
    }
}
