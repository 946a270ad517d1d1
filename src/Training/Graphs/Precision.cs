namespace GpuGeek.Training.Graphs;

/// <summary>What convolutions and matrix products compute in. Parameters, gradients, statistics and the loss are float32 always.</summary>
internal enum Precision
{
    Float32,

    /// <summary>The range of float32 with 8 bits of significand.</summary>
    BFloat16,
}
