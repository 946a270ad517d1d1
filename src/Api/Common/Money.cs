using System.Globalization;
using GpuGeek.Contracts.Billing;

namespace GpuGeek.Api.Common;

internal static class Money
{
    public static MoneyResponse Of(decimal amount, string currency) => new(amount.ToString("0.0000", CultureInfo.InvariantCulture), currency);
}
