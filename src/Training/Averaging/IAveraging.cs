using static TorchSharp.torch;

namespace GpuGeek.Training.Averaging;

/// <summary>Which network is validated and kept as the best: the one of the last step, or a mean over steps.</summary>
internal interface IAveraging
{
    /// <summary>What following a step changes.</summary>
    IEnumerable<Tensor> Memories { get; }

    /// <summary>Called after each step of the optimiser.</summary>
    /// <param name="step">From 1.</param>
    void Follow(long step);

    /// <summary>The trained network has the averaged numbers until the returned value is disposed.</summary>
    IDisposable Show();
}
