using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Datasets;

/// <summary>Every MUST of tus 1.0 (core, creation, checksum, expiration, termination), and what is lost when something breaks.</summary>
public sealed class AnUploadThatCanBeResumed(ListeningApplication listening) : IClassFixture<ListeningApplication>
{
    private const int Size = 300_000;
    private readonly ApiApplication _app = listening.App;
    private static readonly byte[] Archive = Bytes(Size);
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(7).NextBytes(bytes);
        "PK\u0003\u0004"u8.CopyTo(bytes);
        return bytes;
    }

    private static ByteArrayContent Part(int from, int count) => new ByteArrayContent(Archive, from, count);

    private async Task<string> HashAsync(ArchiveBench bench, Guid import)
    {
        var row = await bench.RowAsync(import);
        var file = Path.Combine(_app.ObjectsFolder, $"{import:N}.joined");
        await StoredUploads.DownloadAsync(_app.Store(), row.OrgId, import, row.Parts, file, Cancel);
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, Cancel)));
        File.Delete(file);
        return hash;
    }

    private async Task<int> EndsAsync(ArchiveBench bench)
    {
        await using var db = _app.SystemDatabase();
        return await db.AuditEntries.IgnoreTenantFilter().CountAsync(a => a.OrgId == bench.Org && a.Action == "upload.append", Cancel);
    }

    private async Task AssertWholeAsync(ArchiveBench bench, Guid import, byte[] archive)
    {
        Assert.Equal("queued", (await bench.Session.Client.GetImportAsync(bench.Session.Org, bench.Dataset, import, 0, Cancel)).State);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(archive)), await HashAsync(bench, import));
        Assert.Equal((archive.Length, 1), ((int)(await bench.StoredAsync()).Sum(), await EndsAsync(bench)));
    }

    private static async Task RefusedAsync(Task<HttpResponseMessage> asked, int status, string code) =>
        Assert.Equal(code, await (await asked).CodeAsync((HttpStatusCode)status));

    [Fact]
    public async Task Says_what_the_server_knows()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        using var answer = await TusClient.SendAsync(
            bench.Http,
            HttpMethod.Options,
            bench.Session.At($"datasets/{bench.Dataset}/uploads"),
            null,
            ("Tus-Resumable", null)
        );
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        string Header(string name) => answer.Headers.GetValues(name).Single();
        Assert.Equal(
            ("1.0.0", "1.0.0", "creation,expiration,checksum,termination", "sha1,sha256", "53687091200"),
            (
                Header("Tus-Resumable"),
                Header("Tus-Version"),
                Header("Tus-Extension"),
                Header("Tus-Checksum-Algorithm"),
                Header("Tus-Max-Size")
            )
        );
    }

    [Fact]
    public async Task Is_created_sent_in_parts_and_then_imported()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        var name = Convert.ToBase64String(Encoding.UTF8.GetBytes("Blüten 5.zip"));
        using var created = await TusClient.SendAsync(
            bench.Http,
            HttpMethod.Post,
            bench.Session.At($"datasets/{bench.Dataset}/uploads"),
            null,
            ("Upload-Length", $"{Size}"),
            ("Upload-Metadata", $"filename {name},fingerprint YWJj,relativePath")
        );
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var row = Assert.Single(await bench.RowsAsync());
        Assert.Equal(("Blüten 5.zip", "abc", (long)Size), (row.FileName, row.Fingerprint, row.Size));
        Assert.Equal(bench.Session.At($"datasets/{bench.Dataset}/uploads/{row.Id}"), created.Headers.Location!.ToString());
        var upload = await bench.Session.Client.GetImportAsync(bench.Session.Org, bench.Dataset, row.Id, 0, Cancel);
        Assert.Equal(("uploading", 0L, "abc"), (upload.State, upload.Received, upload.Fingerprint));

        using var first = await TusClient.PatchAsync(bench.Http, upload, 0, Part(0, 100_000));
        Assert.Equal((HttpStatusCode.NoContent, "100000"), (first.StatusCode, first.Headers.GetValues("Upload-Offset").Single()));
        Assert.True(
            DateTimeOffset.Parse(first.Headers.GetValues("Upload-Expires").Single(), CultureInfo.InvariantCulture) > Planted.Now.AddDays(6)
        );
        Assert.Equal(100_000, await TusClient.OffsetAsync(bench.Http, upload));
        using var last = await TusClient.PatchAsync(bench.Http, upload, 100_000, Part(100_000, 200_000));
        Assert.Equal((HttpStatusCode.NoContent, $"{Size}"), (last.StatusCode, last.Headers.GetValues("Upload-Offset").Single()));
        Assert.Equal(Size, await TusClient.OffsetAsync(bench.Http, upload));
        await AssertWholeAsync(bench, row.Id, Archive);
        await RefusedAsync(TusClient.PatchAsync(bench.Http, upload, Size, Part(0, 1)), 409, "import_started");
    }

    [Fact]
    public async Task Refuses_what_the_protocol_forbids_and_moves_no_offset()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        var upload = await bench.AskAsync(Size);
        using (await TusClient.PatchAsync(bench.Http, upload, 0, Part(0, 1000))) { }
        Task<HttpResponseMessage> Patch(HttpContent body, params (string, string?)[] headers) =>
            TusClient.SendAsync(bench.Http, HttpMethod.Patch, upload.ResumeUrl!, body, [("Upload-Offset", "1000"), .. headers]);

        using var old = await Patch(Part(1000, 10), ("Tus-Resumable", "0.2.2"));
        Assert.Equal("1.0.0", old.Headers.GetValues("Tus-Version").Single());
        Assert.Equal("tus_version_unsupported", await old.CodeAsync(HttpStatusCode.PreconditionFailed));
        await RefusedAsync(Patch(Part(1000, 10), ("Tus-Resumable", null)), 412, "tus_version_unsupported");
        await RefusedAsync(Patch(Part(1000, 10), ("Content-Type", "application/octet-stream")), 415, "unsupported_media_type");
        await RefusedAsync(Patch(Part(1000, 10), ("Upload-Offset", null)), 400, "bad_upload_header");
        await RefusedAsync(Patch(Part(1000, 10), ("Upload-Offset", "-1")), 400, "bad_upload_header");
        await RefusedAsync(Patch(Part(1000, 10), ("Upload-Offset", "999")), 409, "upload_offset_differs");
        await RefusedAsync(Patch(Part(1000, 10), ("Upload-Offset", "1001")), 409, "upload_offset_differs");
        await RefusedAsync(Patch(new ByteArrayContent(new byte[Size - 999])), 413, "too_large");
        await RefusedAsync(Patch(new StreamContent(new Endless(Size - 999, broken: false))), 413, "too_large");
        await RefusedAsync(Patch(Part(1000, 10), ("Upload-Checksum", "md4 AAAA")), 400, "bad_upload_header");
        await RefusedAsync(Patch(Part(1000, 10), ("Upload-Checksum", "sha1 !")), 400, "bad_upload_header");
        Assert.Equal(1000, await TusClient.OffsetAsync(bench.Http, upload));
        Assert.Equal([1000L], await bench.StoredAsync());
    }

    [Theory]
    [InlineData(null, "filename eC56aXA=", "bad_upload_header", 400)]
    [InlineData("0", "filename eC56aXA=", "bad_upload_header", 400)]
    [InlineData("ten", "filename eC56aXA=", "bad_upload_header", 400)]
    [InlineData("10", null, "bad_upload_header", 400)]
    [InlineData("10", "filename", "bad_upload_header", 400)]
    [InlineData("10", "filename ***", "bad_upload_header", 400)]
    [InlineData("10", "filename /w==", "bad_upload_header", 400)]
    [InlineData("10", "filename eC56aXA=,filename eC56aXA=", "bad_upload_header", 400)]
    [InlineData("10", "filename eC50YXI=", "unsupported_archive", 415)]
    [InlineData("64424509440", "filename eC56aXA=", "plan_limit", 422)]
    public async Task Is_not_created_without_what_it_needs(string? length, string? metadata, string code, int status)
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        await RefusedAsync(
            TusClient.SendAsync(
                bench.Http,
                HttpMethod.Post,
                bench.Session.At($"datasets/{bench.Dataset}/uploads"),
                null,
                ("Upload-Length", length),
                ("Upload-Metadata", metadata)
            ),
            status,
            code
        );
        Assert.Empty(await bench.RowsAsync());
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task Keeps_bytes_with_a_checksum_together_or_not_at_all(string algorithm)
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        var upload = await bench.AskAsync(Size);
        string Sum(byte[] bytes) =>
            $"{algorithm} {Convert.ToBase64String(CryptographicOperations.HashData(new(algorithm.ToUpperInvariant()), bytes))}";
        Task<HttpResponseMessage> Patch(HttpContent body, string sum) =>
            TusClient.SendAsync(bench.Http, HttpMethod.Patch, upload.ResumeUrl!, body, ("Upload-Offset", "0"), ("Upload-Checksum", sum));

        await RefusedAsync(Patch(Part(0, Size), Sum(Archive[1..])), 460, "checksum_differs");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Patch(new CutContent(Archive, 0, 200_000, isCut: true), Sum(Archive)));
        await Eventually.HoldsAsync(() => bench.RowAsync(upload.Id), row => row.UploadClaim is null);
        Assert.Equal(0, await TusClient.OffsetAsync(bench.Http, upload));
        await bench.AssertNothingStoredAsync();
        using var right = await Patch(Part(0, Size), Sum(Archive));
        Assert.Equal(HttpStatusCode.NoContent, right.StatusCode);
        await AssertWholeAsync(bench, upload.Id, Archive);
    }

    [Fact]
    public async Task Has_the_same_bytes_after_fifty_cuts_at_random_places()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        var archive = Bytes(40_000_000);
        var upload = await bench.AskAsync(archive.Length);
        var random = new Random(11);
        var resumed = 0;
        for (var cut = 0; cut < 50; cut++)
        {
            var offset = (int)await TusClient.OffsetAsync(bench.Http, upload);
            resumed += offset > 0 ? 1 : 0;
            var count = random.Next(1, Math.Min(3_000_000, archive.Length - offset - (50 - cut)));
            await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
                TusClient.PatchAsync(bench.Http, upload, offset, new CutContent(archive, offset, count, isCut: true))
            );
            // Until the server has noticed, the address is taken.
            await Eventually.HoldsAsync(() => bench.RowAsync(upload.Id), row => row.UploadClaim is null);
        }
        Assert.InRange(resumed, 25, 50);
        // A request of which the server had not read anything yet when it was looked at may still hold the claim.
        await Eventually.HoldsAsync(
            async () =>
            {
                var rest = (int)await TusClient.OffsetAsync(bench.Http, upload);
                var body = new CutContent(archive, rest, archive.Length - rest, isCut: false);
                using var last = await TusClient.PatchAsync(bench.Http, upload, rest, body);
                return last.StatusCode;
            },
            status => status == HttpStatusCode.NoContent
        );
        await AssertWholeAsync(bench, upload.Id, archive);
        Assert.Empty(Directory.GetFiles(Path.Combine(_app.ObjectsFolder, "tmp")));
    }

    [Fact]
    public async Task Goes_on_after_the_process_that_took_its_bytes_was_killed_three_times()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        // Two whole parts and a piece: what is whole when the process dies stays.
        var archive = Bytes(40_000_000);
        var upload = await bench.AskAsync(archive.Length);
        for (var kill = 0; kill < 3; kill++)
        {
            var offset = (int)await TusClient.OffsetAsync(bench.Http, upload);
            using var api = await ApiProcess.StartAsync(_app);
            using var http = new HttpClient { BaseAddress = api.Address };
            http.DefaultRequestHeaders.Authorization = new("Bearer", bench.Session.Token);
            var body = new SlowContent(
                archive,
                offset,
                async sent =>
                {
                    // In the middle of the second part of the first request, of the first part of the others.
                    if (sent < (kill == 0 ? 30_000_000 : 1_000_000))
                        return;
                    await Eventually.HoldsAsync(() => bench.RowAsync(upload.Id), row => row.Received > 0);
                    api.Process.Kill();
                    await api.Process.WaitForExitAsync(Cancel);
                }
            );
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => TusClient.PatchAsync(http, upload, offset, body));
            await bench.AgeAsync(upload.Id, TimeSpan.FromSeconds(21));
        }
        var rest = (int)await TusClient.OffsetAsync(bench.Http, upload);
        Assert.Equal(16 << 20, rest);
        using var last = await TusClient.PatchAsync(bench.Http, upload, rest, new CutContent(archive, rest, archive.Length - rest, false));
        Assert.Equal(HttpStatusCode.NoContent, last.StatusCode);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(archive)), await HashAsync(bench, upload.Id));
        bench.SweepAsTheJanitor();
    }

    [Fact]
    public async Task Takes_one_of_twenty_requests_at_once()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        var upload = await bench.AskAsync(Size);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => TusClient.PatchAsync(bench.Http, upload, 0, new CutContent(Archive, 0, Size, false)))
        );
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.NoContent);
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.NoContent))
            Assert.Contains(
                await refused.CodeAsync(HttpStatusCode.Conflict),
                (string[])["upload_under_way", "import_started", "upload_offset_differs"]
            );
        await AssertWholeAsync(bench, upload.Id, Archive);
    }

    [Fact]
    public async Task Belongs_to_the_person_who_began_it_for_as_long_as_they_are_a_member()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        var editor = await _app.JoinAsync(bench.Session, Role.Editor);
        var upload = await editor.Client.CreateImportAsync(editor.Org, bench.Dataset, new() { Name = "x.zip", Size = Size }, Cancel);
        using var own = ListeningApplication.Streaming(editor);
        using (await TusClient.PatchAsync(own, upload, 0, Part(0, 1000))) { }

        async Task HiddenAsync(HttpClient http)
        {
            using var head = await TusClient.SendAsync(http, HttpMethod.Head, upload.ResumeUrl!);
            Assert.Equal((HttpStatusCode.NotFound, false), (head.StatusCode, head.Headers.Contains("Upload-Offset")));
            await RefusedAsync(TusClient.PatchAsync(http, upload, 1000, Part(1000, 10)), 404, "not_found");
            await RefusedAsync(TusClient.SendAsync(http, HttpMethod.Delete, upload.ResumeUrl!), 404, "not_found");
            await RefusedAsync(http.PutAsync(upload.UploadUrl, Part(0, Size), Cancel), 404, "not_found");
        }

        await HiddenAsync(bench.Http);
        Assert.Equal(1000, await TusClient.OffsetAsync(own, upload));
        await bench.Session.Client.RemoveMemberAsync(bench.Session.Org, (await editor.Client.GetMeAsync(Cancel)).User.Id, Cancel);
        await HiddenAsync(own);
        Assert.Equal(1000, (await bench.RowAsync(upload.Id)).Received);
    }

    [Fact]
    public async Task Is_gone_with_its_bytes_when_it_is_ended()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        var upload = await bench.AskAsync(Size);
        using (await TusClient.PatchAsync(bench.Http, upload, 0, Part(0, 1000))) { }
        using var ended = await TusClient.SendAsync(bench.Http, HttpMethod.Delete, upload.ResumeUrl!);
        Assert.Equal((HttpStatusCode.NoContent, "1.0.0"), (ended.StatusCode, ended.Headers.GetValues("Tus-Resumable").Single()));
        await bench.AssertNothingStoredAsync();
        using var head = await TusClient.SendAsync(bench.Http, HttpMethod.Head, upload.ResumeUrl!);
        Assert.Equal((HttpStatusCode.Gone, false), (head.StatusCode, head.Headers.Contains("Upload-Offset")));
        await RefusedAsync(TusClient.PatchAsync(bench.Http, upload, 1000, Part(1000, 10)), 410, "import_canceled");
    }

    [Fact]
    public async Task Keeps_nothing_of_something_that_is_no_archive()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        var upload = await bench.AskAsync(Size);
        await RefusedAsync(TusClient.PatchAsync(bench.Http, upload, 0, new ByteArrayContent(new byte[10])), 415, "unsupported_archive");
        Assert.Equal(0, await TusClient.OffsetAsync(bench.Http, upload));
        await bench.AssertNothingStoredAsync();
        using var one = await TusClient.PatchAsync(bench.Http, upload, 0, Part(0, 1));
        Assert.Equal("1", one.Headers.GetValues("Upload-Offset").Single());
    }

    [Fact]
    public async Task May_come_as_POST_where_a_network_lets_nothing_else_pass()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        var upload = await bench.AskAsync(Size);
        using var sent = await TusClient.SendAsync(
            bench.Http,
            HttpMethod.Post,
            upload.ResumeUrl!,
            Part(0, Size),
            ("Upload-Offset", "0"),
            ("X-HTTP-Method-Override", "PATCH")
        );
        Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
        await AssertWholeAsync(bench, upload.Id, Archive);
    }

    [Fact]
    public async Task Can_still_be_sent_whole_and_leaves_no_parts_then()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        var upload = await bench.AskAsync(Size);
        using (await TusClient.PatchAsync(bench.Http, upload, 0, Part(0, 1000))) { }
        await ArchiveBench.TakenAsync(await bench.PutAsync(upload, Part(0, Size)));
        Assert.Equal([(long)Size], await bench.StoredAsync());
        Assert.Equal(Archive, await bench.BytesAsync(upload.Id));
        Assert.Equal((long)Size, await TusClient.OffsetAsync(bench.Http, upload));
    }

    [Fact]
    public async Task Counts_in_the_plan_whole_while_it_is_active_and_afterwards_as_far_as_it_came()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        await bench.LeaveAsync(1_000_000);
        var first = await bench.AskAsync(700_000);
        using (await TusClient.PatchAsync(bench.Http, first, 0, Part(0, Size))) { }
        var refused = await Answers.RefusedAsync(() => bench.AskAsync(400_000));
        Assert.Equal("plan_limit", refused.Code);
        await bench.AgeAsync(first.Id, Upload.RoomKept + TimeSpan.FromMinutes(1));
        Assert.Equal("plan_limit", (await Answers.RefusedAsync(() => bench.AskAsync(700_001))).Code);
        var second = await bench.AskAsync(650_000);
        // The space of the first is taken now: its next bytes are refused, and what it has stays.
        await RefusedAsync(TusClient.PatchAsync(bench.Http, first, Size, Part(0, 10)), 422, "plan_limit");
        Assert.Equal(Size, await TusClient.OffsetAsync(bench.Http, first));
        using (await TusClient.SendAsync(bench.Http, HttpMethod.Delete, second.ResumeUrl!)) { }
        using var again = await TusClient.PatchAsync(bench.Http, first, Size, Part(0, 10));
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
    }
}
