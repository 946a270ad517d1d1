namespace GpuGeek.Training.Graphs;

/// <summary>What convolutions and matrix products compute in. Parameters, gradients, statistics and the loss are float32 always.</summary>
internal enum Precision
{
    Float32,

    /// <summary>The range of float32 with 8 bits of significand.</summary>
    BFloat16,

    /// <summary>11 bits of significand and a range of 6e-8 to 65,504: the loss is scaled. On a GPU alone; the CPU has no instructions for
    /// it.</summary>
    Float16,
}
