using System.Runtime.InteropServices;
using GpuGeek.Training.Common;

namespace GpuGeek.Training.Engine;

/// <summary>A step that did not fit into the memory of its device.</summary>
internal static class DeviceFull
{
    // libtorch's allocators of CUDA and of the CPU; its errors have no type of their own here.
    private static readonly string[] Messages = ["out of memory", "can't allocate memory"];

    public static bool Is(ExternalException failure) =>
        Array.Exists(Messages, message => failure.Message.Contains(message, StringComparison.OrdinalIgnoreCase));

    /// <param name="atOnce">Most pictures at once, so far.</param>
    /// <param name="examples">Of an epoch: no more were at once.</param>
    public static int Half(int atOnce, int examples) => Math.Min(atOnce, examples) / 2;

    public static TrainingFailedException Refusal(long step, int atOnce) =>
        Refusal($"The memory was full at step {step}, with at most {atOnce} pictures at once.");

    /// <param name="failure">Outside of a step.</param>
    public static TrainingFailedException Refusal(ExternalException failure) =>
        Refusal($"The memory was full: {failure.Message.Split('\n')[0]}");

    private static TrainingFailedException Refusal(string detail) =>
        new(
            "memory_too_small",
            "The training does not fit into memory",
            detail,
            "Set data.microBatch to a smaller number: the batch stays as large as it is. Or choose a smaller input size or network."
        );
}
