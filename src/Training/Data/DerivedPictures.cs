using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Data;

/// <summary>
/// Training pictures as augmentation takes them: decoded, and reduced to a shorter side of max(256, 1.15 × input), never enlarged. They
/// are kept in files by content and size, so that an epoch, or the next run on the same pictures, does not decode 12-megapixel originals
/// again. What is not in the cache is computed anew, with the same pixels: its files may be deleted at any time. Only training reads them;
/// everything that is measured comes from the originals.
/// </summary>
/// <param name="folder">May be shared by runs of one organisation.</param>
/// <param name="most">Bytes that this run may add.</param>
internal sealed class DerivedPictures(Originals originals, DiskRoom room, string folder, long most, int inputSize)
{
    private readonly int _shorter = Augmenter.ShorterSide(inputSize);
    private readonly string _folder = Path.Combine(folder, $"pixels-{Augmenter.ShorterSide(inputSize)}");
    private long _added;

    /// <summary>Decodes a picture once and keeps it, if there is space for it.</summary>
    public void Prepare(RunImage image)
    {
        var path = PathOf(image);
        if (!IsUsedAgain(path))
            Keep(path, Decode(image));
    }

    public RgbImage Read(RunImage image)
    {
        var path = PathOf(image);
        if (PixelFile.Read(path) is { } kept)
            return kept;
        var picture = Decode(image);
        if (File.Exists(path))
            // It is damaged.
            Keep(path, picture);
        return picture;
    }

    /// <summary>The least recently used are deleted first.</summary>
    /// <returns>False: it is not there, or another run has made room meanwhile.</returns>
    private static bool IsUsedAgain(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            File.SetLastAccessTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private RgbImage Decode(RunImage image)
    {
        var picture = originals.Decode(image);
        return Math.Min(picture.Width, picture.Height) <= _shorter ? picture : Preprocessor.ResizeShorter(picture, _shorter);
    }

    private void Keep(string path, RgbImage picture)
    {
        var bytes = PixelFile.BytesOf(picture);
        if (Interlocked.Add(ref _added, bytes) > most)
            return;
        _ = room.TryWrite(
            bytes,
            () =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                PixelFile.Write(path, picture);
            }
        );
    }

    private string PathOf(RunImage image) => Path.Combine(_folder, image.Hash[..2], image.Hash);
}
