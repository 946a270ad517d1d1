using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Datasets;

/// <summary>An organisation that sends archives over a real socket.</summary>
internal sealed class ArchiveBench : IDisposable
{
    private readonly ApiApplication _app;

    private ArchiveBench(ApiApplication app, TenantSession session, Guid dataset, Guid org)
    {
        (_app, Session, Dataset, Org) = (app, session, dataset, org);
        Http = ListeningApplication.Streaming(session);
    }

    public TenantSession Session { get; }
    public Guid Dataset { get; }
    public Guid Org { get; }
    public HttpClient Http { get; }
    private static CancellationToken Cancel => ApiApplication.Cancel;

    public static async Task<ArchiveBench> CreateAsync(ApiApplication app)
    {
        var (session, dataset) = await app.RegisterWithDatasetAsync();
        return new(app, session, dataset.Id, await session.OrgIdAsync());
    }

    public static byte[] Zip(int length, byte filler = 0)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, filler);
        "PK\u0003\u0004"u8.CopyTo(bytes);
        return bytes;
    }

    public static HttpContent Unmeasured(int length) => new StreamContent(new Endless(length, broken: false));

    public static HttpContent Measured(int length) => new ByteArrayContent(Zip(length));

    public static HttpContent Body(int length, bool isMeasured) => isMeasured ? Measured(length) : Unmeasured(length);

    /// <summary>Leaves this many bytes free in a plan of 50 GiB.</summary>
    public async Task LeaveAsync(long bytes)
    {
        var picture = (await Session.AddImagesAsync(Dataset, "daisy", 1)).Single().Id;
        await using var db = _app.SystemDatabase();
        await db
            .DatasetImages.IgnoreTenantFilter()
            .Where(i => i.Id == picture)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.Bytes, (50L << 30) - bytes), Cancel);
    }

    public Task<HttpResponseMessage> PutAsync(HttpContent body, string name = "x.zip") =>
        Http.PutAsync(Session.At($"datasets/{Dataset}/imports/{name}"), body, Cancel);

    public Task<HttpResponseMessage> PutAsync(ImportResponse asked, HttpContent body) => Http.PutAsync(asked.UploadUrl, body, Cancel);

    public Task<ImportResponse> AskAsync(long size) =>
        Session.Client.CreateImportAsync(Session.Org, Dataset, new() { Name = "x.zip", Size = size }, Cancel);

    public static async Task<ImportResponse> TakenAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(Cancel));
            return (await answer.Content.ReadFromJsonAsync<ImportResponse>(Cancel))!;
        }
    }

    public static async Task RefusedAsync(
        HttpResponseMessage answer,
        string code,
        HttpStatusCode status = HttpStatusCode.UnprocessableEntity
    )
    {
        using (answer)
            Assert.Equal(code, await answer.CodeAsync(status));
    }

    public async Task<List<Import>> RowsAsync()
    {
        await using var db = _app.SystemDatabase();
        return await db.Imports.IgnoreTenantFilter().AsNoTracking().Where(i => i.OrgId == Org).OrderBy(i => i.Id).ToListAsync(Cancel);
    }

    public async Task<Import> RowAsync(Guid import) => (await RowsAsync()).Single(i => i.Id == import);

    public async Task ChangeAsync(Guid import, Action<Import> change)
    {
        await using var db = _app.SystemDatabase();
        change(await db.Imports.IgnoreTenantFilter().SingleAsync(i => i.Id == import, Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    /// <summary>As a worker does.</summary>
    public async Task ChangeJobAsync(Guid import, JobState state)
    {
        await using var db = _app.SystemDatabase();
        await db
            .Jobs.IgnoreTenantFilter()
            .Where(j => j.Id == import)
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.State, state), Cancel);
    }

    /// <summary>Simulates that this much time has passed since the last byte.</summary>
    public Task AgeAsync(Guid import, TimeSpan age) => ChangeAsync(import, i => i.UploadActiveAt = Planted.Now - age);

    /// <summary>Sizes of the archives in the store.</summary>
    public async Task<List<long>> StoredAsync() =>
        await _app.Store().InspectAsync($"{ObjectKeys.Organisation(Org)}uploads/", Cancel).Select(o => o.Size).Order().ToListAsync(Cancel);

    public async Task<byte[]> BytesAsync(Guid import)
    {
        await using var stored = await _app.Store().OpenReadAsync(ObjectKeys.Upload(Org, import), Cancel);
        var copy = new MemoryStream();
        await stored.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }

    /// <summary>Uploads that the audit has recorded as ended.</summary>
    public async Task<int> AuditedAsync()
    {
        await using var db = _app.SystemDatabase();
        return await db.AuditEntries.IgnoreTenantFilter().CountAsync(a => a.OrgId == Org && a.Action == "archive.upload", Cancel);
    }

    /// <summary>One object, one end of an upload.</summary>
    public async Task AssertTakenOnceAsync(long size)
    {
        Assert.Equal([size], await StoredAsync());
        Assert.Equal(1, await AuditedAsync());
    }

    /// <summary>Nothing of a stopped upload is in the store, not even under a temporary name.</summary>
    public async Task AssertNothingStoredAsync()
    {
        Assert.Empty(await StoredAsync());
        Assert.Empty(Directory.GetFiles(Path.Combine(_app.ObjectsFolder, "tmp")));
    }

    /// <summary>A killed process leaves a file under a temporary name, which the janitor finds later; other tests expect none.</summary>
    public void SweepAsTheJanitor()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_app.ObjectsFolder, "tmp")))
            File.Delete(file);
    }

    public void Dispose() => Http.Dispose();
}
