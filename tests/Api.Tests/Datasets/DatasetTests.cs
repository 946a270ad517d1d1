using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class KeepingDatasets(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task A_new_one_is_empty_listed_and_found()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        Assert.Equal(("flowers", "flowers5", 0, 0), (dataset.Project, dataset.Name, dataset.ImageCount, dataset.VersionCount));
        Assert.Equal(dataset, Assert.Single((await session.Client.ListDatasetsAsync(session.Org, "flowers", Cancel)).Items));
        Assert.Equal(dataset, await session.Client.GetDatasetAsync(session.Org, dataset.Id, Cancel));
        Assert.Empty((await session.Client.ListDatasetsAsync(session.Org, "other", Cancel)).Items);
    }

    [Fact]
    public async Task Creating_answers_its_address()
    {
        var (session, _) = await _app.RegisterWithProjectAsync();
        var response = await session.Http.PostAsJsonAsync(session.At("datasets"), new { project = "flowers", name = "x" }, Cancel);
        var dataset = (await response.Content.ReadFromJsonAsync<DatasetResponse>(Cancel))!;
        Assert.Equal(
            (HttpStatusCode.Created, session.At($"datasets/{dataset.Id}")),
            (response.StatusCode, response.Headers.Location!.ToString())
        );
    }

    [Fact]
    public async Task A_name_is_taken_once_in_a_project()
    {
        var (session, _) = await _app.RegisterWithDatasetAsync();
        var refused = await Answers.RefusedAsync(() =>
            session.Client.CreateDatasetAsync(session.Org, new() { Project = "flowers", Name = " flowers5 " }, Cancel)
        );
        Assert.Equal((HttpStatusCode.Conflict, "name_taken"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Of_many_at_once_with_one_name_one_is_made_and_the_others_are_told_so()
    {
        var (session, _) = await _app.RegisterWithProjectAsync();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ => session.Http.PostAsJsonAsync(session.At("datasets"), new { project = "flowers", name = "same" }, Cancel))
        );
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task An_unknown_project_is_named()
    {
        var session = await _app.RegisterAsync();
        var refused = await Answers.RefusedAsync(() =>
            session.Client.CreateDatasetAsync(session.Org, new() { Project = "nowhere", Name = "x" }, Cancel)
        );
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "unknown_project"), (refused.Status, refused.Code));
        Assert.Contains("nowhere", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_cannot_be_stored_is_refused_and_no_fault_of_ours()
    {
        var (session, _) = await _app.RegisterWithProjectAsync();
        var response = await session.Http.PostAsJsonAsync(session.At("datasets"), new { project = "flowers", name = "a\0b" }, Cancel);
        Assert.Equal("invalid_text", await response.CodeAsync(HttpStatusCode.UnprocessableEntity));
    }

    [Fact]
    public async Task Another_organisations_dataset_is_not_found()
    {
        var (_, foreign) = await _app.RegisterWithDatasetAsync();
        var me = await _app.RegisterAsync();
        foreach (var path in (string[])["", "/stats", "/images", "/imports", "/versions"])
        {
            var other = await me.Http.GetAsync(me.At($"datasets/{foreign.Id}{path}"), Cancel);
            var none = await me.Http.GetAsync(me.At($"datasets/{Planted.NewId()}{path}"), Cancel);
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (other.StatusCode, none.StatusCode));
            Assert.Equal(await none.WithoutRequestIdAsync(), await other.WithoutRequestIdAsync());
        }
    }

    [Fact]
    public async Task A_viewer_reads_and_does_not_write()
    {
        var (owner, dataset) = await _app.RegisterWithDatasetAsync();
        var viewer = await _app.JoinAsync(owner, Role.Viewer);
        Assert.Equal(dataset.Id, (await viewer.Client.GetDatasetAsync(owner.Org, dataset.Id, Cancel)).Id);
        var writes = new Func<Task<HttpResponseMessage>>[]
        {
            () => viewer.Http.PostAsJsonAsync(owner.At("datasets"), new { project = "flowers", name = "x" }, Cancel),
            () => viewer.Http.PutAsync(owner.At($"datasets/{dataset.Id}/imports/x.zip"), new ByteArrayContent("PK"u8.ToArray()), Cancel),
            () => viewer.Http.PostAsJsonAsync(owner.At($"datasets/{dataset.Id}/imports"), new { sample = "shapes" }, Cancel),
            () => viewer.Http.PostAsJsonAsync(owner.At($"datasets/{dataset.Id}/versions"), new { }, Cancel),
            () => viewer.Http.DeleteAsync(owner.At($"datasets/{dataset.Id}"), Cancel),
        };
        foreach (var write in writes)
            Assert.Equal("role_too_small", await (await write()).CodeAsync(HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task Stats_count_by_class_and_by_split()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        await session.AddImagesAsync(dataset.Id, "rose", 3);
        await session.AddImagesAsync(dataset.Id, "daisy", 2, "train");
        await session.AddImagesAsync(dataset.Id, "daisy", 1, "test");
        var stats = await session.Client.GetDatasetStatsAsync(session.Org, dataset.Id, Cancel);
        Assert.Equal(6, stats.ImageCount);
        Assert.Equal([new("daisy", 3), new("rose", 3)], stats.Classes);
        Assert.Equal([("none", 3), ("test", 1), ("train", 2)], stats.Splits.Select(s => (s.Key, s.Value)).Order());
        var listed = await session.Client.GetDatasetAsync(session.Org, dataset.Id, Cancel);
        Assert.Equal((6, 2, stats.Bytes), (listed.ImageCount, listed.ClassCount, listed.Bytes));
    }
}
