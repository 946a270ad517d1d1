using GpuGeek.Domain.Billing;

namespace GpuGeek.Worker.Tests.Support;

internal static class Plans
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<string> TinyAsync(TestWorker worker, int images, long bytes, Action<Plan>? change = null)
    {
        var plan = $"tiny-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
        await using var db = worker.Contexts.System();
        var row = new Plan
        {
            Code = plan,
            Name = "Tiny",
            Kind = PlanKind.Trial,
            Currency = "USD",
            PricePerHour = 0,
            MonthlyFee = 0,
            IncludedHours = 1,
            StopsAtIncludedHours = true,
            MaxStorageBytes = bytes,
            MaxImages = images,
            MaxProjects = 1,
            MaxConcurrentRuns = 1,
            MaxDeployments = 1,
            MaxConcurrentPredictions = 1,
            MaxShareLinks = 1,
        };
        change?.Invoke(row);
        db.Plans.Add(row);
        await db.SaveChangesAsync(Cancel);
        return plan;
    }
}
