using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Datasets;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class RenamingAClass(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static Task<HttpResponseMessage> RenameAsync(TenantSession session, Guid dataset, object body) =>
        session.Http.PostAsJsonAsync(session.At($"datasets/{dataset}/classes/rename"), body, Cancel);

    private static async Task<string[]> ClassesAsync(TenantSession session, Guid dataset) =>
        [.. (await session.Client.GetDatasetStatsAsync(session.Org, dataset, Cancel)).Classes.Select(c => $"{c.Name} {c.Count}")];

    private async Task<(TenantSession Session, Guid Dataset)> WithClassesAsync()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        await session.AddImagesAsync(dataset.Id, "daisy", 3);
        await session.AddImagesAsync(dataset.Id, "rose", 2);
        return (session, dataset.Id);
    }

    [Fact]
    public async Task Keeps_its_pictures_and_the_names_in_versions()
    {
        var (session, dataset, version) = await _app.RegisterWithVersionAsync();
        var counted = await session.Client.RenameClassAsync(session.Org, dataset.Id, new() { From = "rose", To = "  dog rose " }, Cancel);
        Assert.Equal("dog rose", counted.Name);
        var stats = await session.Client.GetDatasetStatsAsync(session.Org, dataset.Id, Cancel);
        Assert.Equal(counted.Count, stats.Classes.Single(c => c.Name == "dog rose").Count);
        Assert.DoesNotContain("rose", stats.Classes.Select(c => c.Name));
        Assert.Contains("rose", (await session.Client.GetVersionAsync(session.Org, dataset.Id, version.Id, Cancel)).Classes);
    }

    [Fact]
    public async Task To_a_name_that_exists_says_what_would_be_merged_and_merges_when_asked()
    {
        var (session, dataset) = await WithClassesAsync();
        var refused = await RenameAsync(session, dataset, new { from = "rose", to = "daisy" });
        var problem = await refused.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("class_exists", problem, StringComparison.Ordinal);
        Assert.Contains("with 3 pictures. The 2 pictures of", problem, StringComparison.Ordinal);
        Assert.Equal(["daisy 3", "rose 2"], await ClassesAsync(session, dataset));
        var merged = await RenameAsync(
            session,
            dataset,
            new
            {
                from = "rose",
                to = "daisy",
                merge = true,
            }
        );
        Assert.Equal(new ClassCount("daisy", 5), await merged.Content.ReadFromJsonAsync<ClassCount>(Cancel));
        Assert.Equal(["daisy 5"], await ClassesAsync(session, dataset));
    }

    [Theory]
    [InlineData("tulip", "x", HttpStatusCode.UnprocessableEntity, "unknown_class")]
    [InlineData("rose", "   ", HttpStatusCode.BadRequest, "\"/to\"")]
    [InlineData("rose", "a\tb", HttpStatusCode.UnprocessableEntity, "bad_class_name")]
    [InlineData("rose", "rose", HttpStatusCode.OK, "\"count\":2")]
    public async Task Answers_a_request_that_changes_nothing(string from, string to, HttpStatusCode status, string part)
    {
        var (session, dataset) = await WithClassesAsync();
        var answer = await RenameAsync(session, dataset, new { from, to });
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(part, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(["daisy 3", "rose 2"], await ClassesAsync(session, dataset));
    }

    [Fact]
    public async Task Loses_no_picture_when_it_is_merged_in_both_directions_while_pictures_are_relabelled()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var images = await session.AddImagesAsync(dataset.Id, "daisy", 20);
        await session.AddImagesAsync(dataset.Id, "rose", 20);
        var merges = Enumerable
            .Range(0, 6)
            .Select(i =>
                RenameAsync(
                    session,
                    dataset.Id,
                    new
                    {
                        from = i % 2 == 0 ? "rose" : "daisy",
                        to = i % 2 == 0 ? "daisy" : "rose",
                        merge = true,
                    }
                )
            );
        var labels = images.Select(image =>
            session.Http.PatchAsJsonAsync(session.At($"datasets/{dataset.Id}/images/{image.Id}"), new { @class = "rose" }, Cancel)
        );
        foreach (var answer in await Task.WhenAll([.. merges, .. labels]))
            Assert.True((int)answer.StatusCode < 500, await answer.Content.ReadAsStringAsync(Cancel));
        var stats = await session.Client.GetDatasetStatsAsync(session.Org, dataset.Id, Cancel);
        Assert.Equal((40, 40), (stats.ImageCount, stats.Classes.Sum(c => c.Count)));
    }
}
