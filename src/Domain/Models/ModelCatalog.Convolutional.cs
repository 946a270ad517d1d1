namespace GpuGeek.Domain.Models;

/// <summary>Convolutional networks that others are measured by.</summary>
public static partial class ModelCatalog
{
    private static ModelCard[] Convolutional =>
    [
        Card("densenet121", "DenseNet-121", "DenseNet", 224, 256, Interpolation.Bilinear, 7_978_856, 2_834_161_664, 9_031_680, 130_762_656, 0.74434, "classifier", "1608.06993", "https://download.pytorch.org/models/densenet121-a639ec97.pth", "BSD-3-Clause"),
        Card("densenet161", "DenseNet-161", "DenseNet", 224, 256, Interpolation.Bilinear, 28_681_000, 7_727_907_072, 13_246_464, 243_633_568, 0.77138, "classifier", "1608.06993", "https://download.pytorch.org/models/densenet161-8d451a50.pth", "BSD-3-Clause"),
        Card("densenet169", "DenseNet-169", "DenseNet", 224, 256, Interpolation.Bilinear, 14_149_480, 3_359_843_328, 9_031_680, 157_958_048, 0.756, "classifier", "1608.06993", "https://download.pytorch.org/models/densenet169-b2777c0a.pth", "BSD-3-Clause"),
        Card("densenet201", "DenseNet-201", "DenseNet", 224, 256, Interpolation.Bilinear, 20_013_928, 4_291_365_888, 9_031_680, 203_718_560, 0.76896, "classifier", "1608.06993", "https://download.pytorch.org/models/densenet201-c1103571.pth", "BSD-3-Clause"),
        Card("resnet18", "ResNet-18", "ResNet", 224, 256, Interpolation.Bilinear, 11_689_512, 1_814_073_344, 7_024_640, 22_382_496, 0.69758, "fc", "1512.03385", "https://download.pytorch.org/models/resnet18-f37072fd.pth", "BSD-3-Clause"),
        Card("resnet34", "ResNet-34", "ResNet", 224, 256, Interpolation.Bilinear, 21_797_672, 3_663_761_408, 7_024_640, 32_417_696, 0.73314, "fc", "1512.03385", "https://download.pytorch.org/models/resnet34-b627a593.pth", "BSD-3-Clause"),
        Card("resnet50", "ResNet-50", "ResNet", 224, 232, Interpolation.Bilinear, 25_557_032, 4_089_184_256, 10_235_904, 86_708_128, 0.80858, "fc", "1512.03385", "https://download.pytorch.org/models/resnet50-11ad3fa6.pth", "BSD-3-Clause"),
        Card("resnet101", "ResNet-101", "ResNet", 224, 232, Interpolation.Bilinear, 44_549_160, 7_801_405_440, 10_235_904, 127_651_744, 0.81886, "fc", "1512.03385", "https://download.pytorch.org/models/resnet101-cd907fc2.pth", "BSD-3-Clause"),
        Card("resnet152", "ResNet-152", "ResNet", 224, 232, Interpolation.Bilinear, 60_192_808, 11_513_626_624, 10_235_904, 178_229_152, 0.82284, "fc", "1512.03385", "https://download.pytorch.org/models/resnet152-f82ba261.pth", "BSD-3-Clause"),
        Card("resnext50_32x4d", "ResNeXt-50 32×4d", "ResNet", 224, 232, Interpolation.Bilinear, 25_028_904, 4_230_479_872, 10_235_904, 113_000_352, 0.81198, "fc", "1611.05431", "https://download.pytorch.org/models/resnext50_32x4d-1a0047aa.pth", "BSD-3-Clause"),
        Card("wide_resnet50_2", "Wide ResNet-50-2", "ResNet", 224, 232, Interpolation.Bilinear, 68_883_240, 11_398_021_120, 10_235_904, 113_000_352, 0.81602, "fc", "1605.07146", "https://download.pytorch.org/models/wide_resnet50_2-9ba9bcbe.pth", "BSD-3-Clause"),
        Card("vgg11", "VGG-11", "Vgg", 224, 256, Interpolation.Bilinear, 132_863_336, 7_609_090_048, 26_292_224, 49_577_888, 0.6902, "classifier.6", "1409.1556", "https://download.pytorch.org/models/vgg11-8a719046.pth", "BSD-3-Clause"),
        Card("vgg11_bn", "VGG-11 with batch norm", "Vgg", 224, 256, Interpolation.Bilinear, 132_868_840, 7_609_090_048, 26_292_224, 78_880_672, 0.7037, "classifier.6", "1409.1556", "https://download.pytorch.org/models/vgg11_bn-6002323d.pth", "BSD-3-Clause"),
        Card("vgg13", "VGG-13", "Vgg", 224, 256, Interpolation.Bilinear, 133_047_848, 11_308_466_176, 26_292_224, 68_845_472, 0.69928, "classifier.6", "1409.1556", "https://download.pytorch.org/models/vgg13-19584684.pth", "BSD-3-Clause"),
        Card("vgg13_bn", "VGG-13 with batch norm", "Vgg", 224, 256, Interpolation.Bilinear, 133_053_736, 11_308_466_176, 26_292_224, 117_415_840, 0.71586, "classifier.6", "1409.1556", "https://download.pytorch.org/models/vgg13_bn-abd245e5.pth", "BSD-3-Clause"),
        Card("vgg16", "VGG-16", "Vgg", 224, 256, Interpolation.Bilinear, 138_357_544, 15_470_264_320, 26_292_224, 73_662_368, 0.71592, "classifier.6", "1409.1556", "https://download.pytorch.org/models/vgg16-397923af.pth", "BSD-3-Clause"),
        Card("vgg16_bn", "VGG-16 with batch norm", "Vgg", 224, 256, Interpolation.Bilinear, 138_365_992, 15_470_264_320, 26_292_224, 127_852_448, 0.7336, "classifier.6", "1409.1556", "https://download.pytorch.org/models/vgg16_bn-6c64b313.pth", "BSD-3-Clause"),
        Card("vgg19", "VGG-19", "Vgg", 224, 256, Interpolation.Bilinear, 143_667_240, 19_632_062_464, 26_292_224, 78_880_672, 0.72376, "classifier.6", "1409.1556", "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth", "BSD-3-Clause"),
        Card("vgg19_bn", "VGG-19 with batch norm", "Vgg", 224, 256, Interpolation.Bilinear, 143_678_248, 19_632_062_464, 26_292_224, 138_289_056, 0.74218, "classifier.6", "1409.1556", "https://download.pytorch.org/models/vgg19_bn-c79401a0.pth", "BSD-3-Clause"),
    ];
}
