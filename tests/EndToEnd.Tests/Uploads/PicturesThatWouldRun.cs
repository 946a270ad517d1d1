using System.IO.Compression;
using System.Text;
using GpuGeek.EndToEnd.Tests.Processes;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Uploads;

/// <summary>An archive of pictures, names and folders that are scripts if they are interpreted as a page, opened in a real
/// browser.</summary>
[Collection(ShapesScenarios.Name)]
public sealed class PicturesThatWouldRun(ShapesPlatform shapes, Chromium chromium)
{
    private const string Script = "<script>document.title='ran';window.ran=1</script>";
    private const string Svg =
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"64\" height=\"64\" onload=\"window.ran=1\">{Script}<rect width=\"64\" "
        + $"height=\"64\"/></svg>";
    private const string Class = "<img src=x onerror=window.ran=1>";
    private const string Name = "\"><img src=x onerror=window.ran=1>.bmp";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_nowhere_neither_in_the_gallery_nor_at_their_own_addresses()
    {
        var account = shapes.Account;
        var project = await account.Api.CreateProjectAsync(account.Org, new() { Name = "Hostile" }, Cancel);
        var dataset = await account.Api.CreateDatasetAsync(account.Org, new() { Project = project.Slug, Name = Class }, Cancel);
        using var archive = Archive();
        var import = await account.ImportedAsync(
            dataset.Id,
            await account.Api.UploadAsync(account.Org, dataset.Id, $"{Class}.zip", archive, Cancel)
        );
        // Pictures by their bytes; markup that calls itself a picture is none.
        Assert.Equal((2, 4), (import.Accepted, import.Skipped));
        var images = (await account.Api.ListImagesAsync(account.Org, dataset.Id, ct: Cancel)).Items;
        Assert.Contains(images, i => i.Class == Class && i.FileName.EndsWith(Name, StringComparison.Ordinal));

        await using var person = await chromium.SignedInAsync(shapes.Platform);
        await LookAtTheGalleryAsync(await person.NewPageAsync(), $"/{account.Org}/{project.Slug}/data");
        foreach (var address in images.SelectMany(i => (string[])[i.Content, i.Thumbnail]))
            await OpenAsync(await person.NewPageAsync(), address);
        foreach (
            var address in (string[])
                [
                    $"/api/v1/orgs/{account.Org}/datasets/{dataset.Id}/imports/{import.Id}/skipped",
                    $"/api/v1/orgs/{account.Org}/datasets/{dataset.Id}/images?q={Uri.EscapeDataString(Class)}",
                ]
        )
            await OpenAsync(await person.NewPageAsync(), address);
        await AssertTheBytesWouldRunAsync(await person.NewPageAsync(), images[0].Content);
    }

    private static async Task LookAtTheGalleryAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.Locator("img[src*=thumbnail]").First.WaitForAsync();
        await page.GetByText(Class).First.WaitForAsync();
        Assert.Equal(0, await page.Locator("[onerror]").CountAsync());
        await AssertNothingRanAsync(page);
    }

    private static async Task OpenAsync(IPage page, string address)
    {
        var answer = await page.GotoAsync(address);
        Assert.True(answer!.Ok, $"{address}: {answer.Status}");
        Assert.Equal("nosniff", answer.Headers["x-content-type-options"]);
        Assert.Contains("sandbox", answer.Headers["content-security-policy"], StringComparison.Ordinal);
        Assert.Matches("^(image/(bmp|jpeg)|application/json)", answer.Headers["content-type"]);
        await AssertNothingRanAsync(page);
    }

    private static async Task AssertNothingRanAsync(IPage page)
    {
        Assert.False(await page.EvaluateAsync<bool>("'ran' in window"));
        Assert.NotEqual("ran", await page.TitleAsync());
        await page.CloseAsync();
    }

    /// <summary>The same bytes without the protections: otherwise the rest of this test would prove nothing.</summary>
    private static async Task AssertTheBytesWouldRunAsync(IPage page, string address)
    {
        await page.RouteAsync(
            $"**{address}",
            async route =>
            {
                var answer = await route.FetchAsync();
                await route.FulfillAsync(
                    new()
                    {
                        Status = 200,
                        ContentType = "text/html",
                        BodyBytes = await answer.BodyAsync(),
                    }
                );
            }
        );
        await page.GotoAsync(address);
        Assert.True(await page.EvaluateAsync<bool>("'ran' in window"));
    }

    private static MemoryStream Archive()
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, $"{Class}/{Name}", Bitmap(1));
            Add(zip, "rose/plain.bmp", Bitmap(2));
            Add(zip, "rose/drawing.svg", Encoding.UTF8.GetBytes(Svg));
            Add(zip, "rose/drawing.png", Encoding.UTF8.GetBytes(Svg));
            Add(zip, "rose/page.html", Encoding.UTF8.GetBytes(Script));
            Add(zip, "rose/page.jpg", Encoding.UTF8.GetBytes(Script));
        }
        bytes.Position = 0;
        return bytes;
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(content);
    }

    /// <summary>A true BMP of 64 by 64 whose pixels, read as text, are a script.</summary>
    private static byte[] Bitmap(byte shade)
    {
        const int Header = 54,
            Side = 64,
            Pixels = Side * Side * 3;
        var file = new byte[Header + Pixels];
        "BM"u8.CopyTo(file);
        BitConverter.GetBytes(file.Length).CopyTo(file, 2);
        BitConverter.GetBytes(Header).CopyTo(file, 10);
        BitConverter.GetBytes(40).CopyTo(file, 14);
        BitConverter.GetBytes(Side).CopyTo(file, 18);
        BitConverter.GetBytes(Side).CopyTo(file, 22);
        BitConverter.GetBytes((short)1).CopyTo(file, 26);
        BitConverter.GetBytes((short)24).CopyTo(file, 28);
        BitConverter.GetBytes(Pixels).CopyTo(file, 34);
        for (var i = 0; i < Pixels; i++)
            file[Header + i] = (byte)(32 + i * shade % 64);
        Encoding.ASCII.GetBytes(Script).CopyTo(file, Header + 300);
        return file;
    }
}
