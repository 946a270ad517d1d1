namespace GpuGeek.Domain.Models;

/// <summary>Networks made for few parameters and few operations.</summary>
public static partial class ModelCatalog
{
    private static ModelCard[] Mobile =>
    [
        Card("efficientnet_b0", "EfficientNet-B0", "EfficientNet", 224, 256, Interpolation.Bicubic, 5_288_548, 385_814_752, 10_235_904, 88_689_536, 0.77692, "classifier.1", "1905.11946", "https://download.pytorch.org/models/efficientnet_b0_rwightman-7f5810bc.pth", "Apache-2.0"),
        Card("efficientnet_b1", "EfficientNet-B1", "EfficientNet", 240, 255, Interpolation.Bilinear, 7_794_184, 686_802_832, 11_750_400, 143_590_688, 0.79838, "classifier.1", "1905.11946", "https://download.pytorch.org/models/efficientnet_b1-c27df63c.pth", "BSD-3-Clause"),
        Card("efficientnet_b2", "EfficientNet-B2", "EfficientNet", 288, 288, Interpolation.Bicubic, 9_109_994, 1_087_529_456, 16_920_576, 213_811_760, 0.80608, "classifier.1", "1905.11946", "https://download.pytorch.org/models/efficientnet_b2_rwightman-c35c1473.pth", "Apache-2.0"),
        Card("efficientnet_b3", "EfficientNet-B3", "EfficientNet", 300, 320, Interpolation.Bicubic, 12_233_232, 1_827_141_392, 27_000_000, 313_683_424, 0.82008, "classifier.1", "1905.11946", "https://download.pytorch.org/models/efficientnet_b3_rwightman-b3899882.pth", "Apache-2.0"),
        Card("efficientnet_b4", "EfficientNet-B4", "EfficientNet", 380, 384, Interpolation.Bicubic, 19_341_616, 4_393_771_024, 43_320_000, 655_555_808, 0.83384, "classifier.1", "1905.11946", "https://download.pytorch.org/models/efficientnet_b4_rwightman-23ab8bcd.pth", "Apache-2.0"),
        Card("efficientnet_b5", "EfficientNet-B5", "EfficientNet", 456, 456, Interpolation.Bicubic, 30_389_784, 10_266_384_752, 62_380_800, 1_312_306_080, 0.83444, "classifier.1", "1905.11946", "https://download.pytorch.org/models/efficientnet_b5_lukemelas-1a07897c.pth", "Apache-2.0"),
        Card("efficientnet_b6", "EfficientNet-B6", "EfficientNet", 528, 528, Interpolation.Bicubic, 43_040_704, 19_067_593_536, 110_398_464, 2_221_626_848, 0.84008, "classifier.1", "1905.11946", "https://download.pytorch.org/models/efficientnet_b6_lukemelas-24a108a5.pth", "Apache-2.0"),
        Card("efficientnet_b7", "EfficientNet-B7", "EfficientNet", 600, 600, Interpolation.Bicubic, 66_347_960, 37_745_884_192, 142_560_000, 3_856_579_360, 0.84122, "classifier.1", "1905.11946", "https://download.pytorch.org/models/efficientnet_b7_lukemelas-c5b4e57e.pth", "Apache-2.0"),
        Card("efficientnet_v2_s", "EfficientNetV2-S", "EfficientNet", 384, 384, Interpolation.Bilinear, 21_458_488, 8_365_617_152, 17_694_720, 453_712_736, 0.84228, "classifier.1", "2104.00298", "https://download.pytorch.org/models/efficientnet_v2_s-dd5fe13b.pth", "BSD-3-Clause"),
        Card("mobilenet_v2", "MobileNetV2", "MobileNetV2", 224, 256, Interpolation.Bilinear, 3_504_872, 300_774_272, 10_235_904, 78_705_056, 0.71878, "classifier.1", "1801.04381", "https://download.pytorch.org/models/mobilenet_v2-b0353104.pth", "BSD-3-Clause"),
        Card("mobilenet_v3_small", "MobileNetV3 small", "MobileNetV3", 224, 256, Interpolation.Bilinear, 2_542_856, 56_510_400, 2_408_448, 16_385_024, 0.67668, "classifier.3", "1905.02244", "https://download.pytorch.org/models/mobilenet_v3_small-047dcff4.pth", "BSD-3-Clause"),
        Card("mobilenet_v3_large", "MobileNetV3 large", "MobileNetV3", 224, 232, Interpolation.Bilinear, 5_483_032, 216_589_760, 7_024_640, 44_475_072, 0.75274, "classifier.3", "1905.02244", "https://download.pytorch.org/models/mobilenet_v3_large-5c1a4163.pth", "BSD-3-Clause"),
        Card("shufflenet_v2_x0_5", "ShuffleNetV2 0.5×", "ShuffleNetV2", 224, 256, Interpolation.Bilinear, 1_366_792, 40_476_448, 3_010_560, 11_456_672, 0.60552, "fc", "1807.11164", "https://download.pytorch.org/models/shufflenetv2_x0.5-f707e7126e.pth", "BSD-3-Clause"),
        Card("shufflenet_v2_x1_0", "ShuffleNetV2 1×", "ShuffleNetV2", 224, 256, Interpolation.Bilinear, 2_278_604, 144_907_992, 3_010_560, 20_786_272, 0.69362, "fc", "1807.11164", "https://download.pytorch.org/models/shufflenetv2_x1-5666bf0f80.pth", "BSD-3-Clause"),
        Card("shufflenet_v2_x1_5", "ShuffleNetV2 1.5×", "ShuffleNetV2", 224, 232, Interpolation.Bilinear, 3_503_624, 295_759_392, 3_085_824, 29_018_272, 0.72996, "fc", "1807.11164", "https://download.pytorch.org/models/shufflenetv2_x1_5-3c479a10.pth", "BSD-3-Clause"),
        Card("shufflenet_v2_x2_0", "ShuffleNetV2 2×", "ShuffleNetV2", 224, 232, Interpolation.Bilinear, 7_393_996, 583_253_464, 4_045_440, 39_150_688, 0.7623, "fc", "1807.11164", "https://download.pytorch.org/models/shufflenetv2_x2_0-8be3c8ee.pth", "BSD-3-Clause"),
        Card("squeezenet1_0", "SqueezeNet 1.0", "SqueezeNet", 224, 256, Interpolation.Bilinear, 1_248_424, 818_924_576, 9_726_720, 37_123_328, 0.58092, "classifier.1", "1602.07360", "https://download.pytorch.org/models/squeezenet1_0-b66bff10.pth", "BSD-3-Clause"),
        Card("squeezenet1_1", "SqueezeNet 1.1", "SqueezeNet", 224, 256, Interpolation.Bilinear, 1_235_496, 349_151_936, 6_910_464, 22_425_728, 0.58178, "classifier.1", "1602.07360", "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth", "BSD-3-Clause"),
    ];
}
