namespace GpuGeek.Training.Weights;

/// <summary>Keeps the memory for a file proportional to its size: views may share or repeat numbers, but there are never more of them
/// than bytes.</summary>
internal sealed class NumberBudget(long fileBytes)
{
    private long _left = fileBytes;

    /// <returns>Number of elements of a tensor of this shape.</returns>
    /// <exception cref="WeightsException">A dimension is negative, there are more than eight, or there are more numbers than the file can
    /// contain.</exception>
    public int Take(ReadOnlySpan<long> shape, string name)
    {
        if (shape.Length > 8)
            throw WeightsException.Unreadable($"the tensor '{name}' has more than eight dimensions");
        Int128 count = 1;
        foreach (var side in shape)
        {
            if (side < 0)
                throw WeightsException.Unreadable($"a dimension of the tensor '{name}' is negative");
            count *= side;
            if (count > Array.MaxLength)
                throw TooMany(name);
        }
        if (count > _left)
            throw TooMany(name);
        _left -= (long)count;
        return (int)count;
    }

    private static WeightsException TooMany(string name) =>
        WeightsException.Unreadable($"the tensor '{name}' reaches outside its data, or repeats it more often than the file has bytes");
}
