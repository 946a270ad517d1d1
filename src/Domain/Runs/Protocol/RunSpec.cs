using GpuGeek.Recipes;

namespace GpuGeek.Domain.Runs.Protocol;

/// <summary><c>spec.json</c> of a run directory: all that the training child is told. It has no database and no storage of its
/// own.</summary>
public sealed record RunSpec
{
    public const string Cpu = "cpu",
        Cuda = "cuda";

    public required Guid RunId { get; init; }

    /// <summary>1 for the first attempt; the child resumes from the newest whole checkpoint it finds, whatever the number.</summary>
    public required int Attempt { get; init; }
    public required Recipe Recipe { get; init; }

    /// <summary>Class names; position is the label's index and the logit's.</summary>
    public required string[] Classes { get; init; }

    /// <summary>Every picture of the dataset version, in the manifest's order.</summary>
    public required RunImage[] Images { get; init; }

    /// <summary>Folder with the originals, named by their SHA-256 in hex.</summary>
    public required string ImagesDirectory { get; init; }

    /// <summary>Folder for decoded training pictures, which runs of one organisation share; null: the run directory's own cache.</summary>
    public string? PictureCache { get; init; }

    /// <summary>Bytes of decoded pictures that the run may keep; the others are decoded in each epoch.</summary>
    public long PictureCacheBytes { get; init; } = 4L << 30;

    /// <summary>Weights to start from, in any format that is read, already fetched and verified; null when <see
    /// cref="TransferSettings.Pretrained"/>
    /// is false.</summary>
    public string? WeightsFile { get; init; }

    /// <summary>libtorch's intra-op threads. The bits of a run depend on it, so it is part of the checkpoint.</summary>
    public required int Threads { get; init; }

    /// <summary><c>cpu</c>, or <c>cuda</c>: the first device that the child's <c>CUDA_VISIBLE_DEVICES</c> shows.</summary>
    public string Device { get; init; } = Cpu;

    /// <summary>Bytes of the disk that the child leaves free for the database.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>Name under which the model version will be published; for model.json.</summary>
    public required string Model { get; init; }
    public required int ModelVersion { get; init; }
}

/// <param name="Hash">SHA-256 of the original's bytes, hex; also its file name.</param>
/// <param name="Label">Index into <see cref="RunSpec.Classes"/>.</param>
/// <param name="Split"><c>train</c>, <c>val</c> or <c>test</c>.</param>
public sealed record RunImage(string Hash, int Label, string Split);
