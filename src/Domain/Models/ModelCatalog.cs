namespace GpuGeek.Domain.Models;

/// <summary>Where published weights lie: facts, not files of ours.</summary>
/// <param name="Url">torchvision's published address of a PyTorch state_dict.</param>
/// <param name="HashPrefix">First 8 hex digits of the file's SHA-256: torch hub's convention, and the end of the file's name.</param>
public sealed record PublishedWeights(Uri Url, string HashPrefix)
{
    public string FileName => Path.GetFileName(Url.AbsolutePath);
}

/// <summary>One architecture as Api, Web and Worker know it; Training builds the network of the same name.</summary>
/// <param name="Name">torchvision's name, also the value of <c>recipe.architecture</c>.</param>
/// <param name="Title">What people read.</param>
/// <param name="Family">Name of the file in Training/Models that builds it.</param>
/// <param name="InputSize">Pixels of the square input the weights were trained at.</param>
/// <param name="Parameters">Published count, with 1,000 classes.</param>
/// <param name="MultiplyAdds">Multiply-adds of one picture at <paramref name="InputSize"/>.</param>
/// <param name="ImageNetTop1">Published top-1 accuracy of <paramref name="Weights"/> on ImageNet-1k, 0..1.</param>
/// <param name="ClassifierPath">Module path of the last linear layer: what is replaced for other classes.</param>
/// <param name="Paper">Address of the paper.</param>
/// <param name="Weights">Published weights.</param>
public sealed record ModelCard(
    string Name, string Title, string Family, int InputSize, long Parameters, long MultiplyAdds, double ImageNetTop1,
    string ClassifierPath, Uri Paper, PublishedWeights Weights)
{
    public Preprocessing Preprocessing => Preprocessing.ImageNet(InputSize);
}

public static class ModelCatalog
{
    public static IReadOnlyDictionary<string, ModelCard> All { get; } = new ModelCard[]
    {
        new("mobilenet_v2", "MobileNetV2", "MobileNetV2", 224, 3_504_872, 300_774_272, 0.71878, "classifier.1",
            new("https://arxiv.org/abs/1801.04381"), new(new("https://download.pytorch.org/models/mobilenet_v2-b0353104.pth"), "b0353104")),
        new("resnet18", "ResNet-18", "ResNet", 224, 11_689_512, 1_814_073_344, 0.69758, "fc",
            new("https://arxiv.org/abs/1512.03385"), new(new("https://download.pytorch.org/models/resnet18-f37072fd.pth"), "f37072fd")),
    }.ToDictionary(card => card.Name, StringComparer.Ordinal);
}
