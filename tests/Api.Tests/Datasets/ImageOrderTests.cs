using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class PicturesInOrder(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private const int Many = 2_345;
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>Rows alone; sizes and names repeat.</summary>
    private async Task<(TenantSession Session, Guid Dataset)> ManyAsync()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        await session.AddImagesAsync(dataset.Id, "rose", 1);
        await session.AddImagesAsync(dataset.Id, "tulip", 1);
        await using var db = _app.SystemDatabase();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO dataset_images (org_id, id, dataset_id, import_id, class_id, hash, file_name, format, width, height, bytes,
              created_at)
            SELECT i.org_id, gen_random_uuid(), i.dataset_id, i.import_id, i.class_id, encode(sha256(n::text::bytea), 'hex'),
              'Äb %_' || n % 1000 || ' c.jpg', 'jpeg', 9, 9, n % 500, now()
            FROM dataset_images i JOIN dataset_classes c ON c.id = i.class_id, generate_series(3, {Many}) n
            WHERE i.dataset_id = {dataset.Id} AND c.name = 'rose'
            """,
            Cancel
        );
        return (session, dataset.Id);
    }

    private async Task<List<Guid>> SortedAsync(Guid dataset, string sort)
    {
        await using var db = _app.SystemDatabase();
        var images = db.DatasetImages.IgnoreTenantFilter().Where(i => i.DatasetId == dataset);
        var sorted = sort.TrimStart('-') switch
        {
            "name" => images.OrderBy(i => i.FileName).ThenBy(i => i.Id),
            "size" => images.OrderBy(i => i.Bytes).ThenBy(i => i.Id),
            _ => images.OrderBy(i => i.Id),
        };
        var ids = await sorted.Select(i => i.Id).ToListAsync(Cancel);
        if (sort[0] == '-')
            ids.Reverse();
        return ids;
    }

    private static async Task<List<Guid>> FromAsync(TenantSession session, Guid dataset, string sort, int at, int limit = 50) =>
        [.. (await session.Client.ListImagesAtAsync(session.Org, dataset, new(), sort, at, limit, Cancel)).Items.Select(i => i.Id)];

    [Theory]
    [InlineData("added")]
    [InlineData("-added")]
    [InlineData("name")]
    [InlineData("-name")]
    [InlineData("size")]
    [InlineData("-size")]
    public async Task Are_walked_page_by_page_and_found_by_their_ordinal(string sort)
    {
        var (session, dataset) = await ManyAsync();
        var sorted = await SortedAsync(dataset, sort);
        Assert.Equal(Many, sorted.Count);
        var walked = new List<Guid>();
        string? after = null;
        do
        {
            var page = await session.Http.GetFromJsonAsync<Page<ImageResponse>>(
                session.At($"datasets/{dataset}/images?sort={sort}&limit=200{(after is null ? "" : $"&after={after}")}"),
                Cancel
            );
            walked.AddRange(page!.Items.Select(i => i.Id));
            after = page.Next;
        } while (after is not null);
        Assert.Equal(sorted, walked);
        foreach (var at in (int[])[0, 1, 999, 1000, 1001, 1999, 2000, 2300, Many - 1, Many, Many + 1, 1_000_000, int.MaxValue])
            Assert.Equal(sorted.Skip(at).Take(50), await FromAsync(session, dataset, sort, at));
    }

    [Fact]
    public async Task Keep_their_ordinals_when_others_are_removed_or_added()
    {
        var (session, dataset) = await ManyAsync();
        await FromAsync(session, dataset, "name", 2100);
        await session.Client.EditImagesAsync(
            session.Org,
            dataset,
            new() { Images = [.. (await SortedAsync(dataset, "name")).Take(3)], Remove = true },
            Cancel
        );
        Assert.Equal((await SortedAsync(dataset, "name")).Skip(2100).Take(50), await FromAsync(session, dataset, "name", 2100));
        await session.AddImagesAsync(dataset, "rose", 5, first: 100);
        var expected = (await SortedAsync(dataset, "name")).Skip(1700).Take(50).ToList();
        var found = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => FromAsync(session, dataset, "name", 1700)));
        Assert.All(found, page => Assert.Equal(expected, page));
    }

    [Fact]
    public async Task Are_counted_as_far_as_it_is_worth_it()
    {
        var (session, dataset) = await ManyAsync();
        async Task<(int, bool)> CountAsync(ImageFilter filter) =>
            await session.Client.CountImagesAsync(session.Org, dataset, filter, Cancel) is var count
                ? (count.Count, count.AtLeast)
                : default;

        Assert.Equal((Many, false), await CountAsync(new()));
        Assert.Equal((Many - 1, false), await CountAsync(new("rose")));
        Assert.Equal((1, false), await CountAsync(new("tulip")));
        Assert.Equal((0, false), await CountAsync(new("nobody's")));
        Assert.Equal((0, false), await CountAsync(new(null, "test")));
        Assert.Equal((Many - 1, false), await CountAsync(new("rose", "none")));
        Assert.Equal((Many - 2, false), await CountAsync(new(null, null, "äB %_")));
        await using var db = _app.SystemDatabase();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO dataset_images (org_id, id, dataset_id, import_id, class_id, hash, file_name, format, width, height, bytes,
              created_at)
            SELECT org_id, gen_random_uuid(), dataset_id, import_id, class_id, encode(sha256((n || hash)::bytea), 'hex'), file_name, format,
              width, height, bytes, created_at FROM dataset_images, generate_series(1, 5) n WHERE dataset_id = {dataset}
            """,
            Cancel
        );
        Assert.Equal((10_000, true), await CountAsync(new(null, null, "b")));
        Assert.Equal((6 * Many, false), await CountAsync(new()));
    }

    [Fact]
    public async Task Are_found_by_who_added_them_and_when()
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        // Ids of the same millisecond are in any order.
        var images = (await session.AddImagesAsync(dataset.Id, "rose", 6)).OrderBy(i => i.Id.ToString()).ToList();
        var person = Guid.AllBitsSet;
        var day = images[0].CreatedAt;
        await using var db = _app.SystemDatabase();
        for (var i = 0; i < 6; i++)
            await db
                .DatasetImages.IgnoreTenantFilter()
                .Where(image => image.Id == images[i].Id)
                .ExecuteUpdateAsync(set => set.SetProperty(image => image.CreatedAt, day.AddDays(i)), Cancel);
        var import = await session.Client.CreateImportAsync(session.Org, dataset.Id, new() { Name = "a.zip", Size = 10 }, Cancel);
        await db
            .DatasetImages.IgnoreTenantFilter()
            .Where(image => image.Id == images[2].Id || image.Id == images[5].Id)
            .ExecuteUpdateAsync(set => set.SetProperty(image => image.ImportId, import.Id), Cancel);
        var uploader = (Guid)import.Uploader!;

        async Task<Guid[]> FoundAsync(ImageFilter filter)
        {
            var found = (await session.Client.ListImagesAsync(session.Org, dataset.Id, filter, ct: Cancel))
                .Items.Select(i => i.Id)
                .ToArray();
            Assert.Equal(
                new ImageCountResponse(found.Length, false),
                await session.Client.CountImagesAsync(session.Org, dataset.Id, filter, Cancel)
            );
            return found;
        }

        var zoned = day.AddDays(1).ToOffset(TimeSpan.FromHours(5));
        var between = await FoundAsync(new(AddedFrom: zoned, AddedTo: day.AddDays(4)));
        Assert.Equal(images.Skip(1).Take(3).Select(i => i.Id), between);
        var uploaded = await FoundAsync(new(AddedBy: uploader));
        Assert.Equal([images[2].Id, images[5].Id], uploaded);
        var late = await FoundAsync(new("rose", "none", ".jpg", AddedFrom: day.AddDays(3), AddedBy: uploader));
        Assert.Equal([images[5].Id], late);
        Assert.Empty(await FoundAsync(new(AddedBy: person)));
        var edit = await session.Client.EditImagesAsync(
            session.Org,
            dataset.Id,
            new() { Filter = new(AddedBy: uploader), Split = "test" },
            Cancel
        );
        Assert.Equal(2, edit.Count);
    }

    [Theory]
    [InlineData("sort=age", "invalid_sort")]
    [InlineData("at=-1", "invalid_start")]
    [InlineData("at=1&after=MQ", "invalid_start")]
    // Of another order, of no order, and none.
    [InlineData("sort=name&after=MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw", "invalid_cursor")]
    [InlineData("sort=size&after=bmFtZSAwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAgYQ", "invalid_cursor")]
    [InlineData("sort=name&after=bmFtZSAwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAgAA", "invalid_cursor")]
    [InlineData("sort=size&after=c2l6ZSAwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAgeA", "invalid_cursor")]
    public async Task Are_not_listed_for_what_has_no_meaning(string query, string code)
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        var answer = await session.Http.GetAsync(session.At($"datasets/{dataset.Id}/images?{query}"), Cancel);
        Assert.Equal(code, await answer.CodeAsync(HttpStatusCode.UnprocessableEntity));
    }
}
