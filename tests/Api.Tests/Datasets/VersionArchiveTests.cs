using System.IO.Compression;
using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Datasets;

public sealed class AVersionThatIsDownloaded(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession Session, DatasetResponse Dataset, VersionResponse Version)> VersionAsync(params string[] classes)
    {
        var (session, dataset) = await _app.RegisterWithDatasetAsync();
        foreach (var name in classes)
        foreach (var image in await session.AddImagesAsync(dataset.Id, name, 4))
            await _app.Store()
                .PutAsync(ObjectKeys.Content(image.OrgId, image.Hash), new MemoryStream(Planted.Bytes(image.FileName)), Cancel);
        return (session, dataset, await session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel));
    }

    private async Task<ZipArchive> DownloadAsync(TenantSession session, VersionResponse version, bool keepsMetadata = true)
    {
        var archive = await session.Client.GetVersionArchiveAsync(session.Org, version.Dataset, version.Id, keepsMetadata, Cancel);
        using var response = await _app.HttpWith(null).GetAsync(new Uri(archive.Url).PathAndQuery, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/zip", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        return new ZipArchive(new MemoryStream(await response.Content.ReadAsByteArrayAsync(Cancel)));
    }

    private static string[] Lines(ZipArchive zip, string name)
    {
        using var reader = new StreamReader(zip.GetEntry(name)!.Open());
        return reader.ReadToEnd().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task Has_a_folder_for_each_split_and_class_and_a_table_that_says_the_same()
    {
        var (session, _, version) = await VersionAsync("daisy", "rose");
        using var zip = await DownloadAsync(session, version);
        var lines = Lines(zip, "labels.csv");
        Assert.Equal("filename,label,split,group", lines[0]);
        Assert.Equal(8, lines.Length - 1);
        Assert.Equal(9, zip.Entries.Count);
        foreach (var line in lines[1..])
        {
            var (path, label, split) = (line.Split(',')[0], line.Split(',')[1], line.Split(',')[2]);
            Assert.StartsWith($"{split}/{label}/{label}-00", path, StringComparison.Ordinal);
            using var picture = zip.GetEntry(path)!.Open();
            using var bytes = new MemoryStream();
            await picture.CopyToAsync(bytes, Cancel);
            // The planted pictures are no pictures, so they get another ending.
            Assert.Equal(Planted.Bytes(Path.GetFileNameWithoutExtension(path) + ".jpg"), bytes.ToArray());
        }
        Assert.Equal(
            version.Counts.ToDictionary(s => s.Key, s => s.Value.Values.Sum()),
            lines[1..].GroupBy(l => l.Split(',')[2]).ToDictionary(g => g.Key, g => g.Count())
        );
    }

    [Fact]
    public async Task Has_paths_that_every_system_can_unpack_whatever_its_classes_are_called()
    {
        var (session, dataset, version) = await VersionAsync("..", "=cmd|'/c calc'!A1", "a/b\\c:d", "A/B\\C:D", ".hidden", "Ä 猫 🐕");
        await using (var db = _app.SystemDatabase())
        {
            // Removed pictures are named by their hashes, and two of one name are told apart.
            var images = db.DatasetImages.IgnoreTenantFilter().Where(i => i.DatasetId == dataset.Id);
            await images
                .Where(i => EF.Functions.Like(i.FileName, "%猫%"))
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.FileName, "same.jpg"), Cancel);
            await images.Where(i => i.FileName == ".hidden-000.jpg").ExecuteDeleteAsync(Cancel);
        }
        using var zip = await DownloadAsync(session, version);
        var names = zip.Entries.Select(e => e.FullName).ToList();
        Assert.Equal(25, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(25, names.Count);
        foreach (var name in names)
        {
            Assert.DoesNotContain(name, c => "<>:\"\\|?*".Contains(c, StringComparison.Ordinal) || char.IsControl(c));
            Assert.DoesNotContain(name.Split('/'), part => part.Length == 0 || part[0] == '.' || part[^1] is '.' or ' ');
        }
        var lines = Lines(zip, "labels.csv");
        Assert.Equal(4, lines.Count(l => l.Contains(",'=cmd|'/c calc'!A1,", StringComparison.Ordinal)));
        Assert.Equal(4, lines.Count(l => l.Contains(",Ä 猫 🐕,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Leaves_out_what_may_have_metadata_that_nobody_can_find_and_says_so()
    {
        var (session, _, version) = await VersionAsync("daisy", "rose");
        using var zip = await DownloadAsync(session, version, keepsMetadata: false);
        Assert.Equal(["labels.csv", "left-out.csv"], zip.Entries.Select(e => e.FullName));
        Assert.Equal(9, Lines(zip, "left-out.csv").Length);
    }

    [Fact]
    public async Task Is_for_whoever_has_the_address_until_it_expires_or_the_dataset_is_deleted()
    {
        var (session, dataset, version) = await VersionAsync("daisy", "rose");
        var nobody = _app.HttpWith(null);
        var signer = _app.Services.GetRequiredService<FolderObjectUrls>().Signer;
        async Task RefusedAsync(string token, int status, string code)
        {
            using var response = await nobody.GetAsync($"/api/v1/archives/{token}", Cancel);
            Assert.Equal(code, await response.CodeAsync((HttpStatusCode)status));
        }

        var address = new Uri((await session.Client.GetVersionArchiveAsync(session.Org, dataset.Id, version.Id, ct: Cancel)).Url).Segments[
            ^1
        ];
        await RefusedAsync(address[..^2] + (address[^2] == 'A' ? "BA" : "AA"), 403, "link_invalid");
        await RefusedAsync("x", 403, "link_invalid");
        // Signed by us, but for something else.
        await RefusedAsync(
            signer.Sign(ObjectKeys.Content(await session.OrgIdAsync(), new string('a', 64)), "x", TimeSpan.FromMinutes(1)),
            404,
            "not_found"
        );
        var key = signer.Read(address)!.Key;
        await RefusedAsync(
            new ObjectUrlSigner(new byte[32], TimeProvider.System).Sign(key, "x.zip", TimeSpan.FromMinutes(1)),
            403,
            "link_invalid"
        );
        // The address of an archive opens no object.
        using (var other = await nobody.GetAsync($"/api/v1/objects/{address}", Cancel))
            Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal(
            (422, "invalid_metadata"),
            await RefusalAsync(session, $"datasets/{dataset.Id}/versions/{version.Id}/archive?metadata=all")
        );
        await session.Client.DeleteDatasetAsync(session.Org, dataset.Id, Cancel);
        await RefusedAsync(address, 404, "not_found");
    }

    private static async Task<(int, string)> RefusalAsync(TenantSession session, string path)
    {
        using var response = await session.Http.GetAsync(session.At(path), Cancel);
        return ((int)response.StatusCode, await response.CodeAsync(response.StatusCode));
    }
}
