using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Models;

/// <summary>Interpolation that the publisher used for resizing pictures.</summary>
public enum Interpolation
{
    Bilinear,
    Bicubic,
}

/// <summary>Source of published weights: facts about them; the files are not ours.</summary>
/// <param name="Url">torchvision's published address of a PyTorch state_dict.</param>
/// <param name="HashPrefix">First 8 hex digits of the file's SHA-256: torch hub's convention, at the end of the file's name.</param>
/// <param name="Licence">SPDX licence of the publisher's repository.</param>
public sealed record PublishedWeights(Uri Url, string HashPrefix, string Licence = "BSD-3-Clause")
{
    public string FileName => Path.GetFileName(Url.AbsolutePath);
}

/// <summary>One architecture as Api, Web and Worker see it; Training builds the network of the same name.</summary>
/// <param name="Name">torchvision's name, also the value of <c>recipe.architecture</c>.</param>
/// <param name="Title">Display name.</param>
/// <param name="Family">Name of the file in Training/Models that builds it.</param>
/// <param name="InputSize">Side of the square input that the weights were trained at, in pixels.</param>
/// <param name="Parameters">Published count, with 1,000 classes.</param>
/// <param name="MultiplyAdds">Multiply-adds of one picture at <paramref name="InputSize"/>.</param>
/// <param name="InferenceBytes">Peak size of the activations of one picture at <paramref name="InputSize"/> in float32; parameters are
/// not included.</param>
/// <param name="TrainingBytes">The same when all layers are trained: values kept for the derivatives, and gradients.</param>
/// <param name="ImageNetTop1">Published top-1 accuracy of <paramref name="Weights"/> on ImageNet-1k, 0..1.</param>
/// <param name="ClassifierPath">Module path of the last linear layer, which is replaced for other classes.</param>
/// <param name="Paper">Address of the paper.</param>
/// <param name="Weights">Published weights.</param>
/// <param name="PublishedResize">Pixels of the shorter side at which the published accuracy was measured, before the crop.</param>
/// <param name="PublishedInterpolation">Interpolation with which it was measured; our own preprocessing is bilinear for every
/// architecture.</param>
/// <param name="SizeMultiple">Input sides must be a multiple of this: a transformer's patch size.</param>
public sealed record ModelCard(
    string Name,
    string Title,
    string Family,
    int InputSize,
    long Parameters,
    long MultiplyAdds,
    long InferenceBytes,
    long TrainingBytes,
    double ImageNetTop1,
    string ClassifierPath,
    Uri Paper,
    PublishedWeights Weights,
    int PublishedResize,
    Interpolation PublishedInterpolation,
    int SizeMultiple = 1
)
{
    /// <summary>Input sides that all networks support: below, several would have nothing left to pool.</summary>
    public const int LeastInputSize = 32,
        MostInputSize = 1024;

    public Preprocessing Preprocessing => Preprocessing.ImageNet(InputSize);

    /// <summary>Whether it has normalisation layers. Without them, activations can grow without bound, and large steps make training
    /// fail.</summary>
    public bool Normalises => Family != "SqueezeNet" && (Family != "Vgg" || Name.EndsWith("_bn", StringComparison.Ordinal));

    /// <summary>Whether it has residual branches that stochastic depth can skip.</summary>
    public bool HasBranches => Family is not ("DenseNet" or "ShuffleNetV2" or "SqueezeNet" or "Vgg");

    /// <summary>Whether the same weights take pictures of any size, with nothing that belongs to one size.</summary>
    public bool TakesOtherSizes => Family is not ("ShuffleNetV2" or "VisionTransformer" or "Swin");

    /// <summary>What a training may begin with, before its input size.</summary>
    /// <exception cref="DomainException"><c>invalid_input_size</c></exception>
    public void DemandStartSize(int startSize, int inputSize)
    {
        if (!TakesOtherSizes)
            throw new DomainException(
                "invalid_input_size",
                $"{Title} is built for one input size, so its pictures cannot grow during a training.",
                "Leave data.startSize away, or choose another architecture."
            );
        if (startSize > inputSize)
            throw new DomainException(
                "invalid_input_size",
                $"data.startSize is {startSize}, but pictures grow to the input size of {inputSize}.",
                $"Choose at most {inputSize}."
            );
    }

    public bool Takes(int inputSize) => inputSize is >= LeastInputSize and <= MostInputSize && inputSize % SizeMultiple == 0;

    /// <exception cref="DomainException"><c>invalid_input_size</c>, with the valid sizes and the nearest one.</exception>
    public void DemandInputSize(int inputSize)
    {
        if (Takes(inputSize))
            return;
        var below = Math.Clamp(inputSize, LeastInputSize, MostInputSize) / SizeMultiple * SizeMultiple;
        var nearest = new[] { below, below + SizeMultiple }.Where(Takes).MinBy(size => Math.Abs(size - inputSize));
        throw new DomainException(
            "invalid_input_size",
            $"{Title} needs square inputs of {LeastInputSize} to {MostInputSize} pixels"
                + $"{(SizeMultiple > 1 ? $" that are a multiple of {SizeMultiple}, the patch size" : "")}; "
                + $"{inputSize} is not valid.",
            $"Choose {nearest}, or {InputSize}, the published size."
        );
    }

    /// <exception cref="DomainException"><c>stochastic_depth_unsupported</c></exception>
    public void DemandStochasticDepth(double? rate)
    {
        if (rate is not null && !HasBranches)
            throw new DomainException(
                "stochastic_depth_unsupported",
                $"{Title} has no residual branches to skip.",
                "Remove stochasticDepth, or choose another architecture."
            );
    }
}

public static partial class ModelCatalog
{
    private const int HashDigits = 8;

    public static IReadOnlyDictionary<string, ModelCard> All { get; } =
        Convolutional
            .Concat(Mobile)
            .Concat(Modern)
            .OrderBy(card => card.Name, StringComparer.Ordinal)
            .ToDictionary(card => card.Name, StringComparer.Ordinal);

    private static ModelCard Card(
        string name,
        string title,
        string family,
        int inputSize,
        int resize,
        Interpolation interpolation,
        long parameters,
        long multiplyAdds,
        long inferenceBytes,
        long trainingBytes,
        double top1,
        string classifierPath,
        string paper,
        string weights,
        string licence,
        int sizeMultiple = 1
    )
    {
        var file = Path.GetFileNameWithoutExtension(weights);
        var hash = file[(file.LastIndexOf('-') + 1)..][..HashDigits];
        return new ModelCard(
            name,
            title,
            family,
            inputSize,
            parameters,
            multiplyAdds,
            inferenceBytes,
            trainingBytes,
            top1,
            classifierPath,
            new($"https://arxiv.org/abs/{paper}"),
            new(new(weights), hash, licence),
            resize,
            interpolation,
            sizeMultiple
        );
    }
}
