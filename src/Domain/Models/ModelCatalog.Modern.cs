namespace GpuGeek.Domain.Models;

/// <summary>Transformers, and what convolutions learned from them.</summary>
public static partial class ModelCatalog
{
    private static ModelCard[] Modern =>
    [
        Card("convnext_tiny", "ConvNeXt-T", "ConvNeXt", 224, 236, Interpolation.Bilinear, 28_589_128, 4_455_531_264, 11_440_128, 109_738_912, 0.8252, "classifier.2", "2201.03545", "https://download.pytorch.org/models/convnext_tiny-983f1562.pth", "BSD-3-Clause"),
        Card("convnext_small", "ConvNeXt-S", "ConvNeXt", 224, 230, Interpolation.Bilinear, 50_223_688, 8_683_712_256, 11_440_128, 174_767_008, 0.83616, "classifier.2", "2201.03545", "https://download.pytorch.org/models/convnext_small-0c510722.pth", "BSD-3-Clause"),
        Card("convnext_base", "ConvNeXt-B", "ConvNeXt", 224, 232, Interpolation.Bilinear, 88_591_464, 15_354_729_472, 15_052_800, 232_820_640, 0.84062, "classifier.2", "2201.03545", "https://download.pytorch.org/models/convnext_base-6075fbad.pth", "BSD-3-Clause"),
        Card("swin_t", "Swin-T", "Swin", 224, 232, Interpolation.Bicubic, 28_288_354, 4_490_566_656, 11_440_128, 107_208_160, 0.81474, "head", "2103.14030", "https://download.pytorch.org/models/swin_t-704ceda3.pth", "BSD-3-Clause"),
        Card("deit_tiny_patch16_224", "DeiT-Ti/16", "VisionTransformer", 224, 256, Interpolation.Bicubic, 5_717_416, 1_253_683_200, 2_138_712, 35_999_920, 0.72202, "heads.head", "2012.12877", "https://dl.fbaipublicfiles.com/deit/deit_tiny_patch16_224-a1311bcf.pth", "Apache-2.0", 16),
        Card("deit_small_patch16_224", "DeiT-S/16", "VisionTransformer", 224, 256, Interpolation.Bicubic, 22_050_664, 4_598_882_304, 3_675_312, 71_393_728, 0.79854, "heads.head", "2012.12877", "https://dl.fbaipublicfiles.com/deit/deit_small_patch16_224-cd65a155.pth", "Apache-2.0", 16),
        Card("vit_b_16", "ViT-B/16", "VisionTransformer", 224, 256, Interpolation.Bilinear, 86_567_656, 17_563_828_224, 6_748_512, 142_181_344, 0.81072, "heads.head", "2010.11929", "https://download.pytorch.org/models/vit_b_16-c867db91.pth", "BSD-3-Clause", 16),
        Card("vit_b_32", "ViT-B/32", "VisionTransformer", 224, 256, Interpolation.Bilinear, 88_224_232, 4_409_186_304, 1_984_512, 32_305_312, 0.75912, "heads.head", "2010.11929", "https://download.pytorch.org/models/vit_b_32-d86f8d99.pth", "BSD-3-Clause", 32),
    ];
}
