using GpuGeek.Api.Tests.Support;

namespace GpuGeek.Api.Tests.Walls;

/// <summary>A file with user content is downloaded by the browser and never displayed.</summary>
public sealed class ADownload(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Theory]
    [InlineData("models/flowers/versions/1/artefacts/core.onnx", "application/octet-stream")]
    [InlineData("models/flowers/versions/1/artefacts/model.json", "application/json")]
    [InlineData("datasets/{dataset}/versions/{version}/manifest", "text/tab-separated-values")]
    [InlineData("audit?format=csv", "text/csv")]
    public async Task Is_saved_and_never_shown(string path, string type)
    {
        var (session, dataset, data) = await shared.App.RegisterWithVersionAsync();
        await session.AddModelVersionAsync(data.Id);
        path = path.Replace("{dataset}", $"{dataset.Id}", StringComparison.Ordinal)
            .Replace("{version}", $"{data.Id}", StringComparison.Ordinal);
        using var answer = await session.Http.GetAsync(session.At(path), Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(
            (type, "attachment"),
            (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.DispositionType)
        );
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
    }
}
