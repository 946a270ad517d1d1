namespace GpuGeek.Training.Models;

/// <summary>Options in which a network can differ from the published one.</summary>
/// <param name="Dropout">0..0.9: share of the classifier's input that is dropped in training. It replaces the network's own rate (both
/// rates in VGG), or is added if there is none. Null: as published.</param>
/// <param name="StochasticDepth">0..0.9: probability of skipping the last residual block in training; smaller for earlier ones, linearly
/// (Huang et al. 2016, arXiv:1603.09382). Null: as published.</param>
/// <param name="InputChannels">3, or 1 for gray pictures.</param>
internal sealed record BuildOptions(double? Dropout = null, double? StochasticDepth = null, int InputChannels = 3)
{
    private const double Most = 0.9;

    public static readonly BuildOptions AsPublished = new();

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public void Check()
    {
        if (Dropout is < 0 or > Most or double.NaN)
            throw new ArgumentOutOfRangeException(nameof(Dropout), Dropout, "The dropout rate must be between 0 and 0.9.");
        if (StochasticDepth is < 0 or > Most or double.NaN)
            throw new ArgumentOutOfRangeException(
                nameof(StochasticDepth),
                StochasticDepth,
                "The stochastic depth rate must be between 0 and 0.9."
            );
        if (InputChannels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(InputChannels), InputChannels, "A network has 1 or 3 input channels.");
    }
}
