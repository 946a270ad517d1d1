using GpuGeek.TestSupport;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>
/// Where the pictures of pages go: under TestResults, to be looked at. With <c>GPUGEEK_UPDATE_PICTURES=1</c> those that a document
/// shows are
/// taken anew in docs/pictures.
/// </summary>
internal static class Pictures
{
    private static readonly Lazy<string> Documents = new(() =>
        string.Concat(
            Directory
                .GetFiles(SharedData.RepositoryRoot, "*.md")
                .Concat(Directory.GetFiles(Path.Combine(SharedData.RepositoryRoot, "docs"), "*.md", SearchOption.AllDirectories))
                .Select(File.ReadAllText)
        )
    );

    public static string PathOf(string file)
    {
        var shown =
            Environment.GetEnvironmentVariable("GPUGEEK_UPDATE_PICTURES") == "1"
            && Documents.Value.Contains($"pictures/{file}", StringComparison.Ordinal);
        return Path.Combine(SharedData.RepositoryRoot, shown ? "docs/pictures" : "TestResults/pictures", file);
    }
}
