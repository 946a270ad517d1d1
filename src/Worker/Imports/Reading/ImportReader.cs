using System.Text.Json;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Worker.Imports.Archives;
using GpuGeek.Worker.Imports.Labels;
using GpuGeek.Worker.Lanes;

namespace GpuGeek.Worker.Imports.Reading;

/// <summary>The work of the child: reads a source and reports each file, in the source's order.</summary>
internal static class ImportReader
{
    private const int ChunkSize = 32;

    /// <summary>A large picture takes some hundred megabytes while it is decoded.</summary>
    private static readonly int Threads = Math.Min(2, Environment.ProcessorCount);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    /// <returns>The exit code.</returns>
    public static int Run(JobDirectory directory)
    {
        try
        {
            Read(directory);
            return 0;
        }
        catch (Exception full) when (DiskSpace.IsFull(full))
        {
            return ImportSpec.DiskFull;
        }
    }

    private static void Read(JobDirectory directory)
    {
        Directory.CreateDirectory(directory.Out);
        using var events = new EventFile(directory.Events);
        try
        {
            var spec = JsonSerializer.Deserialize<ImportSpec>(File.ReadAllBytes(directory.Spec), ImportSpec.Json)!;
            if (spec.Table is { } table)
            {
                events.Append([.. DatasetLabels.Read(table), new ImportDoneEvent()]);
                return;
            }
            using var source = Open(spec);
            var labelling = Labelling.Of(source.Files, spec.Labels, spec.Limits);
            var files = labelling.Files;
            foreach (var chunk in Enumerable.Range(0, files.Count).Chunk(ChunkSize))
            {
                WaitForRoom(directory, spec);
                events.Append(
                    chunk
                        .AsParallel()
                        .AsOrdered()
                        .WithDegreeOfParallelism(Threads)
                        .Select(i => PictureReader.Read(files[i], labelling.Place, directory, spec, (i + 1) / (double)files.Count))
                        .ToList()
                );
            }
            events.Append([.. labelling.Unmatched, new ImportDoneEvent()]);
        }
        catch (ArchiveException refused)
        {
            events.Append([new ImportFailedEvent(refused.Failure)]);
        }
        catch (AggregateException several)
            when (several.Flatten().InnerExceptions.OfType<ArchiveException>().FirstOrDefault() is { } refused)
        {
            events.Append([new ImportFailedEvent(refused.Failure)]);
        }
    }

    private static IPictureSource Open(ImportSpec spec) =>
        spec switch
        {
            { Archive: { } archive } => new ZipSource(archive, spec.Limits),
            { Folder: { } folder } => new FolderSource(folder),
            { Sample: ShapesSource.Name } => new ShapesSource(),
            _ => throw new ArchiveException(
                "unknown_sample",
                "The sample does not exist",
                $"There is no sample named '{spec.Sample}'.",
                $"Choose '{ShapesSource.Name}'."
            ),
        };

    // Pictures are unpacked no faster than they are fetched: the disk holds a few of them, not the archive twice.
    private static void WaitForRoom(JobDirectory directory, ImportSpec spec)
    {
        var disk = new DriveInfo(directory.Root);
        var most = spec.MaxWaiting;
        while (most > 0 && Directory.EnumerateFiles(directory.Out).Take(most + 1).Count() > most)
            Thread.Sleep(Breath);
        while (disk.AvailableFreeSpace < spec.ReserveBytes)
            Thread.Sleep(Breath);
    }

    private sealed class EventFile(string path) : IDisposable
    {
        private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read);

        public void Append(IReadOnlyList<ImportEvent> events)
        {
            foreach (var one in events)
            {
                JsonSerializer.Serialize(_file, one, ImportSpec.Json);
                _file.WriteByte((byte)'\n');
            }
            _file.Flush();
        }

        public void Dispose() => _file.Dispose();
    }
}
