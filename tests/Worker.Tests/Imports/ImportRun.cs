using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Worker.Imports;
using GpuGeek.Worker.Imports.Reading;
using GpuGeek.Worker.Lanes;

namespace GpuGeek.Worker.Tests.Imports;

/// <summary>Runs the child's work in this process, in its own directory.</summary>
internal sealed class ImportRun : IDisposable
{
    private readonly JobDirectory _directory = new(Directory.CreateTempSubdirectory("gpugeek-import-test-").FullName);

    private ImportRun() { }

    public List<ImportEvent> Events { get; private set; } = [];
    public string Out => _directory.Out;
    public List<PictureEvent> Pictures => [.. Events.OfType<PictureEvent>()];
    public List<SkippedEvent> Skipped => [.. Events.OfType<SkippedEvent>()];
    public Failure? Failure => Events.OfType<ImportFailedEvent>().SingleOrDefault()?.Failure;
    public string? Refusal => Failure?.Code;

    public static ImportRun OfZip(byte[] zip, ArchiveLimits? limits = null)
    {
        var run = new ImportRun();
        File.WriteAllBytes(run._directory.Input, zip);
        return run.Read(new() { Archive = run._directory.Input, Limits = limits ?? new() });
    }

    public static ImportRun OfSample(string name) => new ImportRun().Read(new() { Sample = name, MaxWaiting = 0 });

    public void Dispose() => Directory.Delete(_directory.Root, recursive: true);

    private ImportRun Read(ImportSpec spec)
    {
        File.WriteAllBytes(_directory.Spec, JsonSerializer.SerializeToUtf8Bytes(spec, ImportSpec.Json));
        ImportReader.Run(_directory);
        Events = [.. File.ReadAllLines(_directory.Events).Select(line => JsonSerializer.Deserialize<ImportEvent>(line, ImportSpec.Json)!)];
        return this;
    }
}
