using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Worker.Imports;
using GpuGeek.Worker.Imports.Reading;
using GpuGeek.Worker.Lanes;

namespace GpuGeek.Worker.Local;

/// <summary>Pictures of a ZIP or a folder, read and split exactly as the server does it.</summary>
internal sealed record LocalDataset(string[] Classes, RunImage[] Images, string ImagesDirectory, int Skipped, int ShortSide)
{
    /// <summary>What presets look at.</summary>
    public DataFacts Facts =>
        new([.. Classes.Select((_, label) => Images.Count(i => i.Label == label && i.Split == Splits.Train))], ShortSide);

    /// <exception cref="DomainException">The data cannot be trained on.</exception>
    public static LocalDataset Read(string data, string folder, int seed)
    {
        var directory = new JobDirectory(folder);
        var spec = Directory.Exists(data)
            ? new ImportSpec
            {
                Folder = data,
                MaxWaiting = 0,
                Thumbnails = false,
            }
            : new ImportSpec
            {
                Archive = data,
                MaxWaiting = 0,
                Thumbnails = false,
            };
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(directory.Spec, JsonSerializer.SerializeToUtf8Bytes(spec, ImportSpec.Json));
        if (ImportReader.Run(directory) == ImportSpec.DiskFull)
            throw new DiskFullException(directory.Root);
        var events = File.ReadLines(directory.Events)
            .Select(line => JsonSerializer.Deserialize<ImportEvent>(line, ImportSpec.Json)!)
            .ToList();
        if (events.OfType<ImportFailedEvent>().FirstOrDefault() is { Failure: var refused })
            throw new DomainException(refused.Code, refused.Detail, refused.Hint);

        var pictures = events.OfType<PictureEvent>().DistinctBy(p => p.Hash).ToList();
        var classes = pictures.Select(p => p.Class!).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (classes.Length < 2)
            throw new DomainException(
                "too_few_classes",
                $"The pictures have {classes.Length} classes; a classifier needs two or more.",
                "Put the pictures of each class into a folder that has its name."
            );
        var images = new VersionPictures();
        foreach (var picture in pictures)
            images.Add(new(picture.Hash, picture.Class!, picture.Split, picture.Group ?? "", null, picture.PerceptualHash));
        NearDuplicates.KeepTogether(images, NearDuplicates.Find(images));
        StratifiedSplit.Assign(images, SplitFractions.Default, seed);
        var labels = classes.Select((name, index) => (name, index)).ToDictionary(c => c.name, c => c.index, StringComparer.Ordinal);
        return new(
            classes,
            [.. images.Entries().Select(e => new RunImage(e.Hash, labels[e.Label], e.Split))],
            directory.Out,
            events.Count - 1 - pictures.Count,
            pictures.Select(p => Math.Min(p.Width, p.Height)).Order().ElementAt((pictures.Count - 1) / 2)
        );
    }
}
