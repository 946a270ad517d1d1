using GpuGeek.TestSupport;

namespace GpuGeek.Worker.Tests.Support;

/// <summary>The folders and variables of one worker.</summary>
internal sealed class Settings : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-worker-test-").FullName;

    public Settings(PostgresFixture postgres) =>
        Variables = new()
        {
            ["GPUGEEK_DB_SYSTEM"] = postgres.Connections.System,
            ["GPUGEEK_DB_HANGFIRE"] = postgres.Connections.Hangfire,
            ["GPUGEEK_OBJECTS"] = Path.Combine(_folder, "objects"),
            ["GPUGEEK_WORK"] = Path.Combine(_folder, "work"),
        };

    public Dictionary<string, string?> Variables { get; }
    public string Objects => Path.Combine(_folder, "objects");
    public string Work => Path.Combine(_folder, "work");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
