using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Training.Common;

namespace GpuGeek.Training.Data;

/// <summary>The original pictures of a run, for decoding and for the serving path. An unreadable picture fails the run with an error that
/// names it.</summary>
internal sealed class Originals(RunSpec spec)
{
    public RunImage[] Split(string split) => [.. spec.Images.Where(i => i.Split == split)];

    public RgbImage Decode(RunImage image) => Guard(image, bytes => ImageDecoder.Decode(bytes));

    /// <param name="chw">3 × crop × crop.</param>
    public void Preprocess(RunImage image, Preprocessing preprocessing, Memory<float> chw) =>
        Guard(
            image,
            bytes =>
            {
                Preprocessor.Run(bytes, preprocessing, chw.Span);
                return true;
            }
        );

    private T Guard<T>(RunImage image, Func<byte[], T> use)
    {
        try
        {
            return use(File.ReadAllBytes(Path.Combine(spec.ImagesDirectory, image.Hash)));
        }
        catch (ImageException damaged)
        {
            throw new TrainingFailedException(
                "picture_damaged",
                "A picture cannot be read",
                $"The picture {image.Hash} cannot be read: {damaged.Message}",
                "Remove this picture from the dataset, create a new version and start again."
            );
        }
        catch (FileNotFoundException)
        {
            throw new TrainingFailedException(
                "picture_missing",
                "A picture is missing",
                $"The picture {image.Hash} of the dataset version is not in the object store.",
                "Import the picture again, create a new version and start again."
            );
        }
    }
}
