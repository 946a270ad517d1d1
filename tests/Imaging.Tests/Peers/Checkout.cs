namespace GpuGeek.Imaging.Tests.Peers;

/// <summary>Where things lie around the built test.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>A file of real pictures beside the checkout; the test is skipped where it is absent.</summary>
    public static string SharedData(string name)
    {
        var path = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", name));
        if (!File.Exists(path))
            Assert.Skip($"{path} is absent: real photographs are not part of the repository.");
        return path;
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
