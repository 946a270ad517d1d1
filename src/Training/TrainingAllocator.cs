namespace GpuGeek.Training;

/// <summary>
/// The C library's memory for a process that trains. libtorch asks for blocks at multiples of 64 bytes, and glibc leaves a gap at such a
/// block that small ones settle in: the hole that it leaves does not take the next block of the same size. Where training needed 1.55 GB at
/// once, glibc's heap grew to 2.3 GB (docs/performance.md). gperftools' allocator keeps small blocks elsewhere.
/// </summary>
public static class TrainingAllocator
{
    /// <summary>Of the Debian package libtcmalloc-minimal4, or libtcmalloc-minimal4t64.</summary>
    public const string Library = "libtcmalloc_minimal.so.4";

    private const string Preload = "LD_PRELOAD";
    private static readonly string[] Folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];

    /// <summary>Where the library is installed; null: it is not, and trainings use glibc's allocator.</summary>
    public static string? Installed => Folders.Select(folder => Path.Combine(folder, Library)).FirstOrDefault(File.Exists);

    /// <summary>What trainings are started with: what the operator preloads, else what is installed. Null: glibc's.</summary>
    public static string? InUse => string.IsNullOrEmpty(Preloaded) ? Installed : Preloaded;

    /// <summary>Variables for the start of a process that trains: an allocator cannot be exchanged later. Empty where it is not installed,
    /// and where the operator preloads something already.</summary>
    public static Dictionary<string, string> Variables() => Variables(Preloaded);

    /// <summary>What this process was started with.</summary>
    internal static string? Preloaded => Environment.GetEnvironmentVariable(Preload);

    internal static Dictionary<string, string> Variables(string? preloaded) =>
        string.IsNullOrEmpty(preloaded) && Installed is { } library
            ? new(StringComparer.Ordinal)
            {
                [Preload] = library,
                // The next step needs the memory again.
                ["TCMALLOC_RELEASE_RATE"] = "0",
                // It would write a line into the log for each block of a gigabyte.
                ["TCMALLOC_LARGE_ALLOC_REPORT_THRESHOLD"] = "0",
            }
            : [];
}
