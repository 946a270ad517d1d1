using System.Globalization;
using GpuGeek.Contracts.Billing;

namespace GpuGeek.Web.Components.Pages.Billing;

/// <summary>Prices of classes of devices as the operator types them: one in each line, as <c>a100 4.10</c>.</summary>
public static class DevicePrices
{
    public static string Text(IReadOnlyDictionary<string, MoneyResponse> prices) =>
        string.Join('\n', InOrder(prices).Select(p => $"{p.Key} {p.Value.Amount}"));

    public static IEnumerable<KeyValuePair<string, MoneyResponse>> InOrder(IReadOnlyDictionary<string, MoneyResponse> prices) =>
        prices.OrderBy(p => p.Key, StringComparer.Ordinal);

    /// <returns>Null: a line has no class with a price, or a class has two. The server checks the values.</returns>
    public static Dictionary<string, decimal>? Read(string text)
    {
        var prices = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var name, var amount]
                || !decimal.TryParse(
                    amount,
                    NumberStyles.Number & ~NumberStyles.AllowThousands,
                    CultureInfo.InvariantCulture,
                    out var price
                )
                || !prices.TryAdd(name, price)
            )
                return null;
        return prices;
    }
}
