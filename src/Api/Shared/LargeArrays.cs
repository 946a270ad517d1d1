namespace GpuGeek.Api.Shared;

/// <summary>Arrays of megabytes that nothing refers to any longer stay in the process until the next collection of everything, which may
/// not come for hours.</summary>
internal static class LargeArrays
{
    private const int Many = 100_000;

    /// <summary>Gives them back to the operating system at once, if there were many rows: the process stops for 20 to
    /// 50 milliseconds.</summary>
    public static void Release(int rows)
    {
        if (rows >= Many)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>The same when the response has been sent: then nothing refers to what the request needed.</summary>
    public static void ReleaseAfter(HttpResponse response, int rows) =>
        response.OnCompleted(() =>
        {
            Release(rows);
            return Task.CompletedTask;
        });
}
