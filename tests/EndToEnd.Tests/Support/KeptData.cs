namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>A data directory that outlives the platforms started on it. PostgreSQL's account can enter it.</summary>
internal sealed class KeptData : IDisposable
{
    public KeptData() =>
        File.SetUnixFileMode(
            Root,
            UnixFileMode.UserRead
                | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherExecute
        );

    public string Root { get; } = Directory.CreateTempSubdirectory("gpugeek-e2e-kept-").FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
