using GpuGeek.Domain.Models;
using GpuGeek.Recipes;

namespace GpuGeek.Domain.Deployments;

/// <summary>How <see cref="PredictorRoutes.Augment"/> changes its pictures.</summary>
/// <param name="Augmentation">Resolved.</param>
/// <param name="Preprocessing">Of the model that the training would make; its input has at most <see cref="MaxInputSize"/> pixels a
/// side.</param>
/// <param name="Seed">Equal seeds give equal pictures.</param>
/// <param name="Versions">Epochs, from the first on; at most <see cref="MaxVersions"/>.</param>
/// <param name="Side">Greatest side of a returned picture, pixels.</param>
public sealed record AugmentationOrder(AugmentationSettings Augmentation, Preprocessing Preprocessing, int Seed, int Versions, int Side)
{
    public const int MaxPictures = 4,
        MaxVersions = 4,
        MaxInputSize = 1024;

    /// <summary>Of one organisation, at the same time.</summary>
    public const int MaxOrders = 4;
}

/// <param name="Pictures">JPEG files, by the picture and its version.</param>
public sealed record AugmentedPictures(byte[][][] Pictures);
