using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>
/// Finds the nth picture of an order without counting all before it: keeps every thousandth key for some seconds, per filter and order.
/// While others add and remove pictures, an ordinal may be that of a neighbour.
/// </summary>
internal sealed class ImageAnchors : IDisposable
{
    public const int Step = 1000;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);

    /// <summary>An entry has some 100 bytes for each thousand pictures.</summary>
    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 200 });

    /// <summary>For one place, one at a time looks for what none has found yet.</summary>
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1))];

    /// <summary>What the anchors are of. Counts change with nearly everything that moves ordinals.</summary>
    private sealed record Place(Guid Dataset, ImageFilter Filter, ImageOrder Order, int? Count);

    private sealed class Keys
    {
        public readonly List<string> Known = [];
        public bool IsWhole;
    }

    /// <summary>The pictures from the ordinal on, sorted.</summary>
    /// <param name="at">From 0.</param>
    /// <returns>Null: there are fewer.</returns>
    public async Task<IQueryable<DatasetImage>?> FromAsync(
        ImageFilterQuery query,
        Guid dataset,
        ImageFilter filter,
        ImageOrder order,
        int at,
        CancellationToken cancellationToken
    )
    {
        var images = await query.ImagesOfAsync(dataset, filter, cancellationToken);
        if (at < Step)
            return order.Sort(images).Skip(at);
        int? count = !filter.IsDetailed ? await query.CountsOf(dataset, filter).SumAsync(c => c.Images, cancellationToken) : null;
        if (at >= count)
            return null;
        return await AnchorAsync(new(dataset, filter, order, count), images, at / Step, cancellationToken) is { } key
            ? order.Sort(order.After(images, key)!).Skip(at % Step)
            : null;
    }

    /// <returns>Key of the last picture before the nth thousand.</returns>
    private async Task<string?> AnchorAsync(Place place, IQueryable<DatasetImage> images, int thousand, CancellationToken cancellationToken)
    {
        var keys = _cache.GetOrCreate(
            place,
            entry =>
            {
                entry.SetSize(1).SetAbsoluteExpiration(Kept);
                return new Keys();
            }
        )!;
        var gate = _gates[(uint)place.GetHashCode() % _gates.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            while (keys.Known.Count < thousand && !keys.IsWhole)
                await ExtendAsync(keys, place.Order, images, cancellationToken);
            return thousand <= keys.Known.Count ? keys.Known[thousand - 1] : null;
        }
        finally
        {
            gate.Release();
        }
    }

    private static async Task ExtendAsync(Keys keys, ImageOrder order, IQueryable<DatasetImage> images, CancellationToken cancellationToken)
    {
        var rest = keys.Known.Count == 0 ? images : order.After(images, keys.Known[^1])!;
        var next = await order.Sort(rest).AsNoTracking().Skip(Step - 1).FirstOrDefaultAsync(cancellationToken);
        if (next is null)
            keys.IsWhole = true;
        else
            keys.Known.Add(order.KeyOf(next));
    }

    public void Dispose()
    {
        _cache.Dispose();
        foreach (var gate in _gates)
            gate.Dispose();
    }
}
