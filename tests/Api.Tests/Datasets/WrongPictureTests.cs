using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Datasets;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class PicturesThatAModelPredictedWrong(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Are_listed_counted_and_edited_by_the_version_of_the_model()
    {
        var (session, made, version) = await _app.RegisterWithVersionAsync();
        var (client, org, dataset) = (session.Client, session.Org, made.Id);
        var images = (await client.ListImagesAsync(org, dataset, ct: Cancel)).Items;
        string Hash(int i) => images[i].Hash.Replace("sha256:", "", StringComparison.Ordinal);
        await session.AddModelVersionAsync(version.Id);
        var model = await session.AddModelVersionAsync(
            version.Id,
            [new(Hash(0), 0, 1, [0.1f, 0.9f]), new(Hash(1), 0, 0, [0.9f, 0.1f]), new(Hash(2), 1, 0, [0.6f, 0.4f])]
        );
        var filter = new ImageFilter(WrongBy: $"{Planted.Project}/{model.Number}");
        var wrong = await client.ListImagesAsync(org, dataset, filter, ct: Cancel);
        Assert.Equal(new[] { images[0].Id, images[2].Id }.Order(), wrong.Items.Select(i => i.Id).Order());
        Assert.Equal(2, (await client.CountImagesAsync(org, dataset, filter, Cancel)).Count);
        Assert.Empty((await client.ListImagesAsync(org, dataset, new ImageFilter(WrongBy: $"{Planted.Project}/1"), ct: Cancel)).Items);
        Assert.Equal(2, (await client.EditImagesAsync(org, dataset, new() { Filter = filter, Archived = true }, Cancel)).Count);
        Assert.Empty((await client.ListImagesAsync(org, dataset, filter, ct: Cancel)).Items);
        // Somebody else has a model of this name and number.
        var (stranger, other) = await _app.RegisterWithDatasetAsync();
        foreach (var name in (string[])[filter.WrongBy!, "flowers/99", "flowers", "/", "", "flowers/x", "flowers/-1"])
        {
            var refused = await Assert.ThrowsAsync<ApiException>(() =>
                stranger.Client.ListImagesAsync(stranger.Org, other.Id, new ImageFilter(WrongBy: name), ct: Cancel)
            );
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "unknown_model_version"), (refused.Status, refused.Problem.Code));
        }
    }
}
