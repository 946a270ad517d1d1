namespace GpuGeek.Domain.Common;

/// <summary>Sets of numbers from 0 on that are joined with each other.</summary>
public sealed class UnionFind(int count)
{
    private readonly int[] _parents = [.. Enumerable.Range(0, count)];

    /// <summary>The smallest number of its set.</summary>
    public int FirstOf(int one)
    {
        while (_parents[one] != one)
            one = _parents[one] = _parents[_parents[one]];
        return one;
    }

    public void Join(int one, int other)
    {
        var (first, second) = (FirstOf(one), FirstOf(other));
        _parents[Math.Max(first, second)] = Math.Min(first, second);
    }
}
