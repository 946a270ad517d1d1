using System.Security.Cryptography;
using System.Text.Json;

namespace GpuGeek.Domain.Models;

/// <summary>
/// What the classes of a set of pictures mean for a model with other classes. A class of the set is the model's class of the same name,
/// unless the map says which one it is, or that it is left out.
/// </summary>
public static class ClassMap
{
    /// <summary>Instead of a class of the model: its pictures are not scored.</summary>
    public const string LeftOut = "";

    /// <summary>Of a class that is left out, instead of an index.</summary>
    public const int NoClass = -1;

    private const int KeyLength = 32;

    /// <summary>For each class of the set, the index of the model's class, or <see cref="NoClass"/>; null where it must be
    /// decided.</summary>
    public static int?[] Resolve(IEnumerable<string> ofSet, string[] ofModel, IReadOnlyDictionary<string, string> map) =>
        [
            .. ofSet.Select(name =>
            {
                if (map.TryGetValue(name, out var meant) && meant == LeftOut)
                    return NoClass;
                var index = Array.IndexOf(ofModel, meant ?? name);
                return index < 0 ? null : (int?)index;
            }),
        ];

    /// <summary>The map without what it need not say.</summary>
    /// <param name="map">A class without a value is not decided.</param>
    public static Dictionary<string, string> Shortest(IReadOnlyDictionary<string, string?>? map) =>
        map is null
            ? []
            : map.Where(pair => pair.Value is not null && pair.Key != pair.Value)
                .ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);

    /// <summary>Equal for equal maps, in whatever order they are written.</summary>
    public static string KeyOf(IReadOnlyDictionary<string, string> map) =>
        map.Count == 0
            ? ""
            : Convert.ToHexStringLower(
                SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(map.OrderBy(pair => pair.Key, StringComparer.Ordinal)))
            )[..KeyLength];
}
