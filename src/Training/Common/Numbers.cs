using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Common;

/// <summary>
/// Numbers in tensor operations. TorchSharp makes a native number for each one that is not a <see cref="Scalar"/>, also for the alpha that
/// an addition takes, and holds none of them: the finaliser may free it while libtorch still reads it (seen under load as "argument alpha
/// must not be a floating point number"). So additions take a kept alpha here, and every other number is a variable with <c>using</c>,
/// which holds it to the end. BannedSymbols.txt refuses the operations that do not.
/// </summary>
internal static class Numbers
{
    private static readonly Scalar One = 1;

    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <param name="right">Held by the caller.</param>
    public static Tensor Plus(this Tensor left, Scalar right) => left.add(right, One);

    public static Tensor PlusInPlace(this Tensor left, Tensor right) => left.add_(right, One);

    /// <param name="right">Held by the caller.</param>
    public static Tensor PlusInPlace(this Tensor left, Scalar right) => left.add_(right, One);

    public static Tensor Times(this Tensor left, double right)
    {
        using Scalar factor = right;
        return left.mul(factor);
    }

    /// <returns>1 − the tensor.</returns>
    public static Tensor Complement(this Tensor tensor) => tensor.neg().PlusInPlace(One);
}
