using System.Security.Cryptography;
using GpuGeek.Imaging;
using GpuGeek.Worker.Lanes;
using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Worker.Imports.Reading;

/// <summary>Turns one file into a picture in <c>out/</c>, or returns the reason why not: header first, then every pixel, so that every
/// accepted picture can be used for training.</summary>
internal static class PictureReader
{
    /// <param name="place">What a path is labelled as.</param>
    public static ImportEvent Read(SourceFile file, Func<string, Placement> place, JobDirectory directory, ImportSpec spec, double progress)
    {
        if ((file.Trouble ?? PathRules.Skip(file.Path)) is { } trouble)
            return Skipped(file, trouble, progress);
        var placement = place(file.Path);
        if (placement.Class is null && !(placement.IsUnlabelled && spec.Unlabelled))
            return Skipped(file, placement.Reason!, progress);
        if (file.Size > spec.Limits.MaxEntryBytes)
            return Skipped(
                file,
                new(
                    "file_too_large",
                    $"It has {file.Size:N0} bytes; the maximum is {spec.Limits.MaxEntryBytes:N0}.",
                    "Save the picture with a smaller size."
                ),
                progress
            );
        try
        {
            var bytes = file.Read();
            return spec.Check
                ? Found(bytes, file.Path, placement, progress)
                : Accept(bytes, file.Path, placement, directory, spec.Thumbnails, progress);
        }
        catch (ImageException bad)
        {
            return Skipped(file, new(bad.Code, bad.Message, bad.Hint), progress);
        }
    }

    private static PictureEvent Accept(
        byte[] bytes,
        string path,
        Placement placement,
        JobDirectory directory,
        bool thumbnail,
        double progress
    )
    {
        var found = Found(bytes, path, placement, progress);
        var pixels = ImageDecoder.Decode(bytes);
        if (thumbnail)
            Write(Path.Combine(directory.Out, found.Hash + ".thumb"), SmallPicture.Of(bytes, found, pixels));
        Write(Path.Combine(directory.Out, found.Hash), bytes);
        return found with { PerceptualHash = PerceptualHash.Of(pixels) };
    }

    /// <summary>By its header.</summary>
    private static PictureEvent Found(byte[] bytes, string path, Placement placement, double progress)
    {
        var probe = ImageProber.Probe(bytes);
        return new(
            path,
            placement.Class,
            placement.Split,
            Convert.ToHexStringLower(SHA256.HashData(bytes)),
            probe.Format.ToString().ToLowerInvariant(),
            probe.Width,
            probe.Height,
            bytes.Length,
            progress,
            placement.Group
        );
    }

    // Two threads may write the same content at a time: one of them does, and no picture is reported before both have ended.
    private static void Write(string path, byte[] bytes)
    {
        using var file = TryCreate(path);
        if (file is not null)
            RandomAccess.Write(file, bytes, 0);
    }

    /// <returns>Null: the other thread has created it.</returns>
    private static SafeFileHandle? TryCreate(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static SkippedEvent Skipped(SourceFile file, SkipReason reason, double progress) =>
        new(file.Path, reason.Code, reason.Reason, reason.Hint, progress);
}
