using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Training.Checkpoints;

namespace GpuGeek.Training.Data;

/// <summary>
/// Training pictures, reduced once to the size that augmentation needs (shorter side max(256, 1.15 × input), never enlarged, JPEG at
/// quality 95), so that an epoch does not decode 12-megapixel originals again. Only training reads them; small pictures are decoded from
/// their original. The cache may be deleted: it is rebuilt identically.
/// </summary>
internal sealed class DerivedPictures(Originals originals, DiskRoom room, string cacheFolder, int inputSize)
{
    private const int Quality = 95;
    private readonly int _shorter = Augmenter.ShorterSide(inputSize);
    private readonly string _folder = Path.Combine(cacheFolder, $"pictures-{Augmenter.ShorterSide(inputSize)}");

    /// <summary>Decodes a picture once and stores the reduced one, if it is smaller and there is disk space for it.</summary>
    public void Prepare(RunImage image)
    {
        var path = PathOf(image);
        if (File.Exists(path))
            return;
        var picture = originals.Decode(image);
        if (Math.Min(picture.Width, picture.Height) <= _shorter)
            return;
        var bytes = ImageEncoder.Jpeg(Preprocessor.ResizeShorter(picture, _shorter), Quality);
        var part = path + ".part";
        if (!room.TryWrite(bytes.Length, () => Store(part, path, bytes)) && File.Exists(part))
            File.Delete(part);
    }

    private void Store(string part, string path, byte[] bytes)
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllBytes(part, bytes);
        File.Move(part, path, overwrite: true);
    }

    public RgbImage Read(RunImage image)
    {
        var path = PathOf(image);
        return File.Exists(path) ? ImageDecoder.Decode(File.ReadAllBytes(path)) : originals.Decode(image);
    }

    private string PathOf(RunImage image) => Path.Combine(_folder, image.Hash + ".jpg");
}
