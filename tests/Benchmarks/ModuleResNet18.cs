using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GpuGeek.Benchmarks;

/// <summary>ResNet-18 as one writes it in TorchSharp (He et al. 2015, arXiv:1512.03385).</summary>
internal sealed class ModuleResNet18 : nn.Module<Tensor, Tensor>
{
    private readonly Sequential _features;
    private readonly Linear _classifier;

    public ModuleResNet18(string name, int classes)
        : base(name)
    {
        _features = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias: false),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
            new Block(64, 64, 1),
            new Block(64, 64, 1),
            new Block(64, 128, 2),
            new Block(128, 128, 1),
            new Block(128, 256, 2),
            new Block(256, 256, 1),
            new Block(256, 512, 2),
            new Block(512, 512, 1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten()
        );
        _classifier = nn.Linear(512, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _classifier.call(_features.call(input));

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Sequential _branch;
        private readonly Sequential? _shortcut;

        public Block(int input, int output, int stride)
            : base("block")
        {
            _branch = nn.Sequential(
                nn.Conv2d(input, output, 3, stride, 1, bias: false),
                nn.BatchNorm2d(output),
                nn.ReLU(),
                nn.Conv2d(output, output, 3, 1, 1, bias: false),
                nn.BatchNorm2d(output)
            );
            if (stride != 1)
                _shortcut = nn.Sequential(nn.Conv2d(input, output, 1, stride, bias: false), nn.BatchNorm2d(output));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => (_branch.call(input) + (_shortcut?.call(input) ?? input)).relu();
    }
}
