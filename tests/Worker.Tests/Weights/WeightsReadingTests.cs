using System.Buffers.Binary;
using System.Text;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Tests.Weights;

public sealed class WeightsThatWereSent(PostgresFixture postgres) : IDisposable
{
    private const string Architecture = "squeezenet1_1";
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    /// <summary>The first convolution of SqueezeNet 1.1, as safetensors has it: length of the table, table, numbers.</summary>
    private static byte[] FirstLayer()
    {
        const int weights = 64 * 3 * 3 * 3 * 4,
            biases = 64 * 4;
        var table = Encoding.UTF8.GetBytes(
            $$$"""{"features.0.weight":{"dtype":"F32","shape":[64,3,3,3],"data_offsets":[0,{{{weights}}}]},"features.0.bias":"""
                + $$$"""{"dtype":"F32","shape":[64],"data_offsets":[{{{weights}}},{{{weights + biases}}}]}}"""
        );
        var file = new byte[8 + table.Length + weights + biases];
        BinaryPrimitives.WriteInt64LittleEndian(file, table.Length);
        table.CopyTo(file, 8);
        return file;
    }

    private static async Task<Guid> QueueAsync(TestWorker worker, Tenant tenant, byte[]? bytes, Action<Job>? change = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        var row = new UploadedWeights
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            ProjectId = tenant.ProjectId,
            FileName = "mine.pth",
            Size = bytes?.Length ?? 1,
            Asked = Architecture,
            State = UploadState.Received,
            CreatedBy = tenant.OrgId,
            CreatedAt = now,
        };
        var job = Job.Of(row, now);
        change?.Invoke(job);
        if (bytes is not null)
            await worker.Store.PutAsync(ObjectKeys.Upload(tenant.OrgId, row.Id), new MemoryStream(bytes), Cancel);
        await using var db = worker.Contexts.System();
        db.UploadedWeights.Add(row);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(Cancel);
        return row.Id;
    }

    private static Task<Job> EndOfAsync(Tenant tenant, Guid id) => Eventually.HoldsAsync(() => tenant.JobAsync(id), job => job.IsFinished);

    private static Task<UploadedWeights> RowAsync(Tenant tenant, Guid id) =>
        tenant.QueryAsync(db => db.UploadedWeights.IgnoreTenantFilter().AsNoTracking().SingleAsync(w => w.Id == id, Cancel));

    [Fact]
    public async Task Are_read_by_a_child_and_kept_under_the_name_of_their_content()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var file = FirstLayer();
        var id = await QueueAsync(worker, tenant, file);
        var job = await EndOfAsync(tenant, id);
        Assert.Equal((JobState.Succeeded, null, null), (job.State, job.Error, job.Owner));
        var row = await RowAsync(tenant, id);
        Assert.Equal(
            ("safetensors", Architecture, 2, 1792L),
            (row.Report!.Format, row.Report.Architecture, row.Report.Tensors, row.Report.Numbers)
        );
        Assert.False(row.Report.Fits);
        Assert.Equal((0, 2), (row.Report.UnexpectedCount, row.Report.Groups.Sum(g => g.Fitting)));
        await using (var kept = await worker.Store.OpenReadAsync(ObjectKeys.Content(tenant.OrgId, row.ContentHash!), Cancel))
        {
            using var back = new MemoryStream();
            await kept.CopyToAsync(back, Cancel);
            Assert.Equal(file, back.ToArray());
        }
        // The row says so first.
        await Eventually.HoldsAsync(() => worker.Store.SizeAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel), size => size is null);
    }

    [Fact]
    public async Task That_hold_a_program_are_refused_and_nothing_of_them_is_kept()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        // A pickle that would call os.system; the legacy format is one pickle after another.
        var id = await QueueAsync(
            worker,
            tenant,
            [0x80, 2, .. "cos\nsystem\nX"u8, 9, 0, 0, 0, .. "touch /a."u8, 0x85, (byte)'R', (byte)'.']
        );
        var job = await EndOfAsync(tenant, id);
        Assert.Equal(JobState.Failed, job.State);
        Assert.StartsWith("weights_", job.Error!.Code, StringComparison.Ordinal);
        Assert.NotNull(job.Error.Hint);
        Assert.Null((await RowAsync(tenant, id)).ContentHash);
        // The row says so first.
        await Eventually.HoldsAsync(() => worker.Store.SizeAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel), size => size is null);
    }

    [Fact]
    public async Task Whose_bytes_are_gone_say_so()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        Assert.Equal("upload_missing", (await EndOfAsync(tenant, await QueueAsync(worker, tenant, null))).Error!.Code);
    }

    [Fact]
    public async Task Are_read_although_two_workers_died_over_them()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await QueueAsync(
            worker,
            tenant,
            FirstLayer(),
            row =>
                (row.State, row.Fence, row.Owner, row.LeaseUntil) = (
                    JobState.Running,
                    2,
                    "dead",
                    TimeProvider.System.GetUtcNow().AddSeconds(-1)
                )
        );
        var row = await EndOfAsync(tenant, id);
        Assert.Equal((JobState.Succeeded, 1, 0), (row.State, row.Lapses, row.Deaths));
    }

    [Fact]
    public async Task Fail_after_a_hundred_expired_leases_and_their_bytes_are_kept()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await QueueAsync(
            worker,
            tenant,
            FirstLayer(),
            row =>
            {
                row.State = JobState.Running;
                row.LeaseUntil = TimeProvider.System.GetUtcNow().AddSeconds(-1);
                Imports.ImportsIntoADataset.LapseTo99(row);
            }
        );
        Assert.Equal("worker_failed", (await EndOfAsync(tenant, id)).Error!.Code);
        Assert.NotNull(await worker.Store.SizeAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel));
    }

    [Fact]
    public async Task Whose_reader_is_killed_twice_fail_keep_their_bytes_and_can_be_read_again()
    {
        await using var worker = await TestWorker.StartAsync(_settings);
        var tenant = await Tenant.CreateAsync(worker.Contexts, worker.Store);
        var id = await QueueAsync(worker, tenant, FirstLayer());
        for (var i = 0; i < 2; i++)
            await ProcessTable.KillWithArgumentAsync($"jobs/{id:N}");
        var row = await EndOfAsync(tenant, id);
        Assert.Equal(("inspection_broken_off", 2), (row.Error!.Code, row.Deaths));
        Assert.NotNull(row.RetryUntil);
        Assert.NotNull(await worker.Store.SizeAsync(ObjectKeys.Upload(tenant.OrgId, id), Cancel));

        await tenant.RetryJobAsync(id);
        Assert.Equal((JobState.Succeeded, null), await EndOfAsync(tenant, id) is var again ? (again.State, again.Error) : default);
    }
}
