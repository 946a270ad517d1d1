namespace GpuGeek.Training.Graphs;

/// <summary>Swin's <c>relative_position_index</c>: for each pair of pixels of a window, the row of its bias.</summary>
internal static class WindowIndex
{
    /// <returns>side⁴ numbers below (2·side − 1)².</returns>
    public static long[] Of(int side)
    {
        var area = side * side;
        var index = new long[area * area];
        for (var from = 0; from < area; from++)
        for (var to = 0; to < area; to++)
            index[from * area + to] = (from / side - to / side + side - 1) * (2L * side - 1) + (from % side - to % side + side - 1);
        return index;
    }
}
