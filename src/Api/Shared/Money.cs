using System.Globalization;
using GpuGeek.Contracts.Billing;

namespace GpuGeek.Api.Shared;

internal static class Money
{
    public static MoneyResponse Of(decimal amount, string currency) =>
        new(amount.ToString("0.0000", CultureInfo.InvariantCulture), currency);
}
