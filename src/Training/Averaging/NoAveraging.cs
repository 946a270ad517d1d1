using static TorchSharp.torch;

namespace GpuGeek.Training.Averaging;

/// <summary>The network of the last step, as it is.</summary>
internal sealed class NoAveraging : IAveraging, IDisposable
{
    public IEnumerable<Tensor> Memories => [];

    public void Follow(long step) { }

    public IDisposable Show() => this;

    public void Dispose() { }
}
