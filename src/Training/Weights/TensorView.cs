namespace GpuGeek.Training.Weights;

/// <summary>Reads strided views of a storage, row-major.</summary>
internal static class TensorView
{
    /// <summary>Reads every tensor, each storage once.</summary>
    /// <param name="raw">The bytes of a storage, as many as its number of elements needs.</param>
    /// <exception cref="WeightsException">A view reaches outside its storage, or a number is not finite.</exception>
    public static Dictionary<string, LoadedTensor> GatherAll(
        IReadOnlyDictionary<string, PickleTensor> tensors,
        NumberBudget budget,
        Func<PickleStorage, byte[]> raw
    )
    {
        var loaded = tensors.Keys.ToDictionary(name => name, _ => (LoadedTensor?)null, StringComparer.Ordinal);
        foreach (var sharing in tensors.GroupBy(pair => pair.Value.Storage))
        {
            var bytes = raw(sharing.Key);
            foreach (var (name, tensor) in sharing)
            {
                CheckInside(tensor, name);
                var values = new float[budget.Take(tensor.Shape, name)];
                StorageNumbers.Copy(bytes, sharing.Key.Type, tensor, values);
                loaded[name] = values.AsSpan().HasNonFinite()
                    ? throw WeightsException.NotFinite(name)
                    : new LoadedTensor(tensor.Shape, values);
            }
        }
        return loaded!;
    }

    /// <summary>Positions in the storage in the order of the view.</summary>
    public static void ForEach(PickleTensor tensor, int count, Action<int, long> take)
    {
        var index = new long[tensor.Shape.Length];
        var source = tensor.Offset;
        for (var i = 0; i < count; i++)
        {
            take(i, source);
            for (var d = index.Length - 1; d >= 0; d--)
            {
                source += tensor.Stride[d];
                if (++index[d] < tensor.Shape[d])
                    break;
                source -= tensor.Stride[d] * tensor.Shape[d];
                index[d] = 0;
            }
        }
    }

    public static bool IsRowMajor(PickleTensor tensor)
    {
        long next = 1;
        for (var d = tensor.Shape.Length - 1; d >= 0; d--)
        {
            if (tensor.Shape[d] != 1 && tensor.Stride[d] != next)
                return false;
            next *= tensor.Shape[d];
        }
        return true;
    }

    private static void CheckInside(PickleTensor tensor, string name)
    {
        var (shape, stride) = (tensor.Shape, tensor.Stride);
        if (shape.Length != stride.Length || tensor.Offset < 0 || stride.Any(n => n < 0))
            throw Outside(name);
        if (shape.Contains(0))
            return;
        Int128 last = tensor.Offset;
        for (var d = 0; d < shape.Length; d++)
            last += (Int128)(shape[d] - 1) * stride[d];
        if (last >= tensor.Storage.Count)
            throw Outside(name);
    }

    private static WeightsException Outside(string name) => WeightsException.Unreadable($"the tensor '{name}' reaches outside its data");
}
