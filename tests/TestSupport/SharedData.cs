namespace GpuGeek.TestSupport;

/// <summary>Real photographs and weights next to the checkout: tests that need them are skipped with a reason if they are
/// missing.</summary>
public static class SharedData
{
    public static string RepositoryRoot { get; } = FindRoot();

    public static string? FlowersZip => Find("data/flowers5.zip");
    public static string? WeightsFolder => Find("weights");

    private static string? Find(string name)
    {
        var path = Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", name));
        return Path.Exists(path) ? path : null;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GpuGeek.sln")))
            folder =
                Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException(
                    $"No GpuGeek.sln above {AppContext.BaseDirectory}: run these tests from a checkout."
                );
        return folder;
    }
}
