namespace GpuGeek.Training.Tests.Support;

/// <param name="path">Where; null: anywhere.</param>
internal sealed class TempFolder(string? path = null) : IDisposable
{
    public string Path { get; } =
        path is null ? Directory.CreateTempSubdirectory("gpugeek-training-").FullName : Directory.CreateDirectory(path).FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
