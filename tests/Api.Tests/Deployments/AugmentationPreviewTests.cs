using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Storage;
using GpuGeek.Recipes;
using Microsoft.AspNetCore.Http;

namespace GpuGeek.Api.Tests.Deployments;

[Collection(nameof(HostedModels))]
public sealed class APreviewOfAugmentation(HostedModels hosted)
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static readonly PartialRecipe Strong = new()
    {
        Preset = "balanced",
        ["augmentation.preset"] = "strong",
        ["augmentation.hue"] = 0.1,
        ["model.inputSize"] = 96,
        ["data.seed"] = 7,
    };

    private async Task<(TenantSession Session, Guid Dataset)> WithDatasetAsync()
    {
        var session = await hosted.Listening.App.RegisterAsync();
        await session.Client.CreateProjectAsync(session.Org, new() { Name = "Flowers" }, Cancel);
        return (
            session,
            (await session.Client.CreateDatasetAsync(session.Org, new() { Project = "flowers", Name = "Flowers" }, Cancel)).Id
        );
    }

    private async Task<(TenantSession Session, Guid Dataset)> WithPicturesAsync()
    {
        var (session, dataset) = await WithDatasetAsync();
        await AddAsync(session, dataset, "violet", 5);
        await AddAsync(session, dataset, "rose", 5);
        return (session, dataset);
    }

    private static async Task<List<DatasetImage>> AddAsync(
        TenantSession session,
        Guid dataset,
        string name,
        int count,
        string? split = null
    )
    {
        var images = await session.AddImagesAsync(dataset, name, count, split);
        foreach (var image in images)
            await session
                .App.Store()
                .PutAsync(ObjectKeys.Content(image.OrgId, image.Hash), new MemoryStream(Planted.Bytes(image.FileName)), Cancel);
        return images;
    }

    private static Task<AugmentationPreviewResponse> PreviewAsync(TenantSession session, Guid dataset, PartialRecipe recipe) =>
        session.Client.PreviewAugmentationAsync(session.Org, dataset, new() { Recipe = recipe }, Cancel);

    [Fact]
    public async Task Shows_the_same_pictures_of_as_many_classes_as_there_are()
    {
        var (session, dataset) = await WithPicturesAsync();
        await AddAsync(session, dataset, "zinnia", 3, "test");
        var pictures = (await PreviewAsync(session, dataset, Strong)).Pictures;
        Assert.Equal(["rose", "rose", "violet", "violet"], pictures.Select(p => p.Class));
        Assert.Equal(4, pictures.Select(p => p.Image).Distinct().Count());
        Assert.All(pictures, picture => Assert.Equal(4, picture.Versions.Count));
        await AddAsync(session, dataset, "aster", 1);
        var more = (await PreviewAsync(session, dataset, Strong)).Pictures;
        Assert.Equal(["aster", "rose", "rose", "violet"], more.Select(p => p.Class));
        Assert.Equal(pictures.Select(p => p.Image).Take(2), more.Skip(1).Take(2).Select(p => p.Image));
    }

    [Fact]
    public async Task Leaves_out_a_picture_whose_file_is_missing()
    {
        var (session, dataset) = await WithDatasetAsync();
        await session.AddImagesAsync(dataset, "daisy", 1);
        var kept = (await AddAsync(session, dataset, "rose", 1)).Single();
        var shown = Assert.Single((await PreviewAsync(session, dataset, Strong)).Pictures);
        Assert.Equal((kept.Id, "rose"), (shown.Image, shown.Class));
        Assert.All(shown.Versions, version => Assert.Equal(Planted.Bytes(kept.FileName), version));
    }

    [Fact]
    public async Task Has_the_resolved_recipe_drawn()
    {
        var (session, dataset) = await WithPicturesAsync();
        await PreviewAsync(session, dataset, Strong.With("preprocessing.resize", "squash").With("preprocessing.grayscale", true));
        var order = hosted.Predictor.LastOrder!;
        Assert.Equal(AugmentationPresets.Find("strong")! with { Hue = 0.1 }, order.Augmentation);
        Assert.Equal((7, 4, 160), (order.Seed, order.Versions, order.Side));
        Assert.Equal(
            (96, ResizeRule.Squash, true),
            (order.Preprocessing.CropSize, order.Preprocessing.Resize, order.Preprocessing.Grayscale)
        );
    }

    [Fact]
    public async Task Of_a_dataset_without_pictures_is_empty()
    {
        var (session, dataset) = await WithDatasetAsync();
        Assert.Empty((await PreviewAsync(session, dataset, Strong)).Pictures);
    }

    [Fact]
    public async Task Of_another_organisations_dataset_is_not_found()
    {
        var (_, dataset) = await WithPicturesAsync();
        var stranger = await hosted.Listening.App.RegisterAsync();
        var refused = await Assert.ThrowsAsync<ApiException>(() => PreviewAsync(stranger, dataset, Strong));
        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
    }

    [Fact]
    public async Task Of_a_recipe_that_changes_nothing_at_random_is_refused()
    {
        var (session, dataset) = await WithPicturesAsync();
        var refused = await Assert.ThrowsAsync<ApiException>(() => PreviewAsync(session, dataset, new() { Preset = "fast" }));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "augmentation_unsupported"), (refused.Status, refused.Problem.Code));
    }

    [Fact]
    public async Task Is_told_what_is_wrong_with_its_recipe()
    {
        var (session, dataset) = await WithPicturesAsync();
        var refused = await Assert.ThrowsAsync<ApiException>(() =>
            PreviewAsync(session, dataset, new() { Preset = "balanced", ["augmentation.hue"] = 3.0 })
        );
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("augmentation.hue is a number from 0 to 0.5", refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, PredictorRoutes.TooManyPreviews, HttpStatusCode.TooManyRequests)]
    [InlineData(422, "image_damaged", HttpStatusCode.UnprocessableEntity)]
    public async Task Passes_on_what_the_predictor_refuses(int status, string code, HttpStatusCode expected)
    {
        var (session, dataset) = await WithPicturesAsync();
        hosted.Predictor.OrdersAnswer = http =>
        {
            http.Response.Headers.RetryAfter = "1";
            return FakePredictor.Problem(status, new(code, "In other words."));
        };
        try
        {
            var refused = await Assert.ThrowsAsync<ApiException>(() => PreviewAsync(session, dataset, Strong));
            Assert.Equal((expected, code), (refused.Status, refused.Problem.Code));
        }
        finally
        {
            hosted.Predictor.OrdersAnswer = null;
        }
    }

    [Fact]
    public async Task Is_refused_with_a_hint_when_the_predictor_dies()
    {
        var (session, dataset) = await WithPicturesAsync();
        hosted.Predictor.OrdersAnswer = http =>
        {
            http.Abort();
            return Results.Empty;
        };
        try
        {
            var refused = await Assert.ThrowsAsync<ApiException>(() => PreviewAsync(session, dataset, Strong));
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "predictor_unavailable"), (refused.Status, refused.Problem.Code));
        }
        finally
        {
            hosted.Predictor.OrdersAnswer = null;
        }
    }
}
