namespace GpuGeek.Worker.Training;

/// <summary>Where memory runs out, Linux kills a process that only measures before one whose work would be lost.</summary>
internal static class KilledFirst
{
    private const string File = "/proc/self/oom_score_adj",
        Most = "1000";

    public static void Apply()
    {
        if (System.IO.File.Exists(File))
            System.IO.File.WriteAllText(File, Most);
    }
}
