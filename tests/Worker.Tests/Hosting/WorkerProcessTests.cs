using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Jobs;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Tests.Support;

namespace GpuGeek.Worker.Tests.Hosting;

public sealed class TheWorkersProcess(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    [Fact]
    public async Task Kill_9_leaves_no_child_and_another_worker_finishes_the_work()
    {
        await using var observer = TestWorker.Create(_settings);
        var tenant = await Tenant.CreateAsync(observer.Contexts, observer.Store);
        var id = await tenant.QueueImportAsync(Zips.OfNames([.. Enumerable.Range(0, 2000).Select(i => $"cat/{i}.png")]));
        using (var worker = WorkerProcess.Start(_settings))
        {
            await tenant.WaitForImportAsync(id, i => i.Accepted > 0);
            var children = ProcessTable.WithArgument($"jobs/{id:N}");
            Assert.NotEmpty(children);
            Signals.Send(worker.Id, Signals.Kill);
            await worker.WaitForExitAsync(Cancel);
            await Eventually.HoldsAsync(() => children.Where(ProcessTable.Alive).ToList(), alive => alive.Count == 0);
        }
        await tenant.ChangeJobAsync(id, s => s.SetProperty(j => j.LeaseUntil, TimeProvider.System.GetUtcNow()));
        await using var successor = await TestWorker.StartAsync(_settings);
        var import = await tenant.WaitForImportAsync(id, i => i.State == JobState.Succeeded);
        Assert.Equal((2, 2000, 0), (import.Claims, import.Accepted, import.Skipped));
    }

    [Fact]
    public async Task SIGTERM_ends_it_with_success()
    {
        await using var observer = TestWorker.Create(_settings);
        var tenant = await Tenant.CreateAsync(observer.Contexts, observer.Store);
        using var worker = WorkerProcess.Start(_settings, "worker");
        await tenant.WaitForImportAsync(await tenant.QueueImportAsync(Zips.OfNames("cat/1.png")), i => i.State == JobState.Succeeded);
        Signals.Send(worker.Id, Signals.Terminate);
        await worker.WaitForExitAsync(Cancel);
        Assert.Equal(0, worker.ExitCode);
    }

    [Fact]
    public async Task Missing_settings_are_named_without_a_stack_trace()
    {
        _settings.Variables["GPUGEEK_WORK"] = "";
        _settings.Variables["GPUGEEK_SLOTS"] = "0";
        using var worker = WorkerProcess.Start(_settings);
        var errors = await worker.StandardError.ReadToEndAsync(Cancel);
        await worker.WaitForExitAsync(Cancel);
        Assert.Equal(1, worker.ExitCode);
        Assert.Contains("GPUGEEK_WORK is not set", errors, StringComparison.Ordinal);
        Assert.Contains("GPUGEEK_SLOTS must be", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_serves_one_worker_at_a_time()
    {
        using (await WorkFolderLock.TakeAsync(_settings.Work, TimeSpan.Zero, TimeProvider.System, Cancel))
            await Assert.ThrowsAsync<IOException>(() =>
                WorkFolderLock.TakeAsync(_settings.Work, TimeSpan.Zero, TimeProvider.System, Cancel)
            );
        using var next = await WorkFolderLock.TakeAsync(_settings.Work, TimeSpan.Zero, TimeProvider.System, Cancel);
    }

    [Fact]
    public async Task Local_training_says_what_is_wrong_with_the_data()
    {
        var zip = Path.Combine(Directory.CreateDirectory(_settings.Work).FullName, "one.zip");
        await File.WriteAllBytesAsync(zip, Zips.OfNames("cat/1.png", "cat/2.png"), Cancel);
        using var run = WorkerProcess.Start(_settings, "run", "--data", zip, "--out", Path.Combine(_settings.Work, "out"));
        var errors = await run.StandardError.ReadToEndAsync(Cancel);
        await run.WaitForExitAsync(Cancel);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("needs two or more", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
