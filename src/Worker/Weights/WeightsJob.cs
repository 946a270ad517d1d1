using System.Globalization;
using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Storage;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Weights;

/// <summary>Inspects one uploaded weights file. The file is untrusted: a child process with limits reads it.</summary>
internal sealed class WeightsJob(HeldJob job, IDbContexts contexts, IObjectStore store, TimeProvider clock) : ILightJob
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private (WeightsReport Report, string Hash)? _result;

    public async Task<JobEnd> RunAsync(CancellationToken stop)
    {
        var answer = Path.Combine(job.Directory.Root, "report.json");
        if (await JobUpload.BringAsync(store, job, [], job.Directory.Input, stop) is { } missing)
            return new JobEnd.Failed(missing);
        var request = new InspectionRequest(job.Directory.Input, await AskedAsync(stop), answer);
        var exitCode = await ChildWork.RunAsync(InspectionChild.Spec(request, job.Directory.Log), Longest, clock, stop);
        switch (Answer(answer))
        {
            case (null, { } error):
                return new JobEnd.Failed(error);
            case ({ } report, _):
                _result = (report, await store.PutContentAsync(job.Row.OrgId, job.Directory.Input, stop));
                return new JobEnd.Succeeded();
            default:
                return new JobEnd.Died(exitCode);
        }
    }

    public async Task WriteEndAsync(GpuGeekDbContext db, JobEnd end, CancellationToken cancellationToken)
    {
        if (_result is not { } result || end is not JobEnd.Succeeded)
            return;
        await Row(db)
            .ExecuteUpdateAsync(
                set => set.SetProperty(w => w.Report, result.Report).SetProperty(w => w.ContentHash, result.Hash),
                cancellationToken
            );
    }

    public Task CleanUpAsync(CancellationToken cancellationToken) => JobUpload.DeleteUnlessKeptAsync(store, job, cancellationToken);

    public Failure DiedTooOften(int exitCode) =>
        new(
            "inspection_broken_off",
            "The file could not be read",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The process that reads the file died {JobLane.MaxDeaths} times, the last time with exit code {exitCode}."
            ),
            "The upload is kept for 7 days: try again. The file may be malicious, or too large for this machine: save it again "
                + "with torch.save(model.state_dict(), path)."
        );

    private async Task<string?> AskedAsync(CancellationToken cancellationToken)
    {
        await using var db = contexts.System();
        return await Row(db).Select(w => w.Asked).SingleAsync(cancellationToken);
    }

    private IQueryable<UploadedWeights> Row(GpuGeekDbContext db) =>
        db.UploadedWeights.IgnoreTenantFilter().Where(w => w.OrgId == job.Row.OrgId && w.Id == job.Row.Id);

    private static (WeightsReport? Report, Failure? Error) Answer(string path)
    {
        if (!File.Exists(path))
            return (null, null);
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return json.RootElement.TryGetProperty("error", out var error)
            ? (null, error.Deserialize<Failure>(RunDirectory.Json))
            : (json.RootElement.Deserialize<WeightsReport>(RunDirectory.Json), null);
    }
}
