namespace GpuGeek.Training.Weights;

/// <summary>Takes a strided view out of a storage, row-major.</summary>
internal static class TensorView
{
    private const long MaxElements = 1L << 29;

    /// <exception cref="WeightsException">The view reaches outside its storage.</exception>
    public static float[] Gather(PickleTensor tensor, float[] storage, string name)
    {
        var (shape, stride) = (tensor.Shape, tensor.Stride);
        if (shape.Length != stride.Length || shape.Length > 8 || tensor.Offset < 0 || shape.Any(n => n < 0) || stride.Any(n => n < 0)) throw Outside(name);
        Int128 count = 1, last = tensor.Offset;
        for (var d = 0; d < shape.Length; d++)
        {
            count *= shape[d];
            last += (Int128)(shape[d] - 1) * stride[d];
            if (count > MaxElements) throw Outside(name);
        }
        if (count == 0) return [];
        if (last >= storage.Length) throw Outside(name);
        return Copy(tensor, storage, new float[(int)count]);
    }

    private static float[] Copy(PickleTensor tensor, float[] storage, float[] values)
    {
        var index = new long[tensor.Shape.Length];
        var source = tensor.Offset;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = storage[source];
            for (var d = index.Length - 1; d >= 0; d--)
            {
                source += tensor.Stride[d];
                if (++index[d] < tensor.Shape[d]) break;
                source -= tensor.Stride[d] * tensor.Shape[d];
                index[d] = 0;
            }
        }
        return values;
    }

    private static WeightsException Outside(string name) => WeightsException.Unreadable($"the tensor '{name}' reaches outside its numbers");
}
