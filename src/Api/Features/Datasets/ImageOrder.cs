using System.Globalization;
using System.Linq.Expressions;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>An order of a dataset's pictures. Each has an index, so that a page from the middle is found by its key.</summary>
/// <param name="By"><c>added</c>, <c>name</c> or <c>size</c>; two that are equal are in the order in which they were added.</param>
internal sealed record ImageOrder(string By, bool Descending)
{
    /// <exception cref="DomainException">There is no such order.</exception>
    public static ImageOrder Of(string? sort) =>
        sort switch
        {
            null or "added" => new("added", false),
            "-added" => new("added", true),
            "name" or "size" => new(sort, false),
            "-name" or "-size" => new(sort[1..], true),
            _ => throw new DomainException(
                "invalid_sort",
                "'sort' must be 'added', 'name' or 'size', or one of them after a '-'.",
                "Send ?sort=-added for the newest first."
            ),
        };

    public IQueryable<DatasetImage> Sort(IQueryable<DatasetImage> images) =>
        (By, Descending) switch
        {
            ("name", false) => images.OrderBy(i => i.FileName).ThenBy(i => i.Id),
            ("name", true) => images.OrderByDescending(i => i.FileName).ThenByDescending(i => i.Id),
            ("size", false) => images.OrderBy(i => i.Bytes).ThenBy(i => i.Id),
            ("size", true) => images.OrderByDescending(i => i.Bytes).ThenByDescending(i => i.Id),
            (_, true) => images.OrderByDescending(i => i.Id),
            _ => images.OrderBy(i => i.Id),
        };

    /// <summary>Names a picture's place in this order.</summary>
    public string KeyOf(DatasetImage image) =>
        By switch
        {
            "name" => $"name {image.Id} {image.FileName}",
            "size" => string.Create(CultureInfo.InvariantCulture, $"size {image.Id} {image.Bytes}"),
            _ => image.Id.ToString(),
        };

    /// <summary>The pictures that come after the one with the key.</summary>
    /// <returns>Null: it is no key of this order.</returns>
    public IQueryable<DatasetImage>? After(IQueryable<DatasetImage> images, string key)
    {
        if (By == "added")
            return Guid.TryParse(key, out var last) ? images.Where(Descending ? i => i.Id < last : i => i.Id > last) : null;
        if (key.Split(' ', 3) is not [var by, var text, var value] || by != By || !Guid.TryParse(text, out var id) || value.Contains('\0'))
            return null;
        if (By == "name")
            return images.Where(AfterName(value, id));
        return long.TryParse(value, CultureInfo.InvariantCulture, out var bytes) ? images.Where(AfterSize(bytes, id)) : null;
    }

    private Expression<Func<DatasetImage, bool>> AfterName(string name, Guid id) =>
        Descending
            ? i => EF.Functions.LessThan(ValueTuple.Create(i.FileName, i.Id), ValueTuple.Create(name, id))
            : i => EF.Functions.GreaterThan(ValueTuple.Create(i.FileName, i.Id), ValueTuple.Create(name, id));

    private Expression<Func<DatasetImage, bool>> AfterSize(long bytes, Guid id) =>
        Descending
            ? i => EF.Functions.LessThan(ValueTuple.Create(i.Bytes, i.Id), ValueTuple.Create(bytes, id))
            : i => EF.Functions.GreaterThan(ValueTuple.Create(i.Bytes, i.Id), ValueTuple.Create(bytes, id));
}
