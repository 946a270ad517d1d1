using System.Globalization;
using GpuGeek.Contracts.Billing;
using GpuGeek.Web.Localization;
using Microsoft.Extensions.Localization;

namespace GpuGeek.Web.Formatting;

/// <summary>Formats numbers for display, in the language of the page. Never NaN, never six decimals.</summary>
public sealed class Formatter(IStringLocalizer<Words> words, TimeProvider clock)
{
    private const string NoBreak = "\u00a0";

    public string NotMeasured => words["NotMeasured"];

    /// <summary>1,500</summary>
    public string Count(long value) => value.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>0.894 → "89.4 %"</summary>
    public string Percent(double? share) =>
        share is { } value && double.IsFinite(value)
            ? (value * 100).ToString("0.0", CultureInfo.CurrentCulture) + NoBreak + "%"
            : NotMeasured;

    /// <summary>0.894 with [0.869, 0.919] → "89.4 % ± 2.5": half the width of the interval, in points.</summary>
    public string PercentWithInterval(double? share, double[]? interval)
    {
        if (interval is not [var low, var high] || !double.IsFinite(high - low))
            return Percent(share);
        return Percent(share) + NoBreak + "±" + NoBreak + ((high - low) * 50).ToString("0.0", CultureInfo.CurrentCulture);
    }

    /// <summary>"16.9 MB", in powers of 1,000.</summary>
    public string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        var value = (double)bytes;
        var unit = 0;
        for (; value >= 999.95 && unit < units.Length - 1; unit++)
            value /= 1000;
        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.CurrentCulture) + NoBreak + units[unit];
    }

    /// <summary>252 → "4 min 12 s": the two largest units; below ten seconds one decimal.</summary>
    public string Duration(double? seconds)
    {
        if (seconds is not { } value || !double.IsFinite(value) || value < 0)
            return NotMeasured;
        if (value < 9.95)
            return Unit("0.#", value, "UnitSeconds");
        var whole = (long)Math.Round(value);
        var (days, hours, minutes, rest) = (whole / 86400, whole / 3600 % 24, whole / 60 % 60, whole % 60);
        if (days > 0)
            return Pair(days, "UnitDays", hours, "UnitHours");
        if (hours > 0)
            return Pair(hours, "UnitHours", minutes, "UnitMinutes");
        return minutes > 0 ? Pair(minutes, "UnitMinutes", rest, "UnitSeconds") : Unit("0", rest, "UnitSeconds");
    }

    public string Duration(decimal seconds) => Duration((double)seconds);

    /// <summary>"49.5 h": values counted in hours stay in hours.</summary>
    public string Hours(decimal hours) => Unit("#,0.#", (double)hours, "UnitHours");

    /// <summary>"3 minutes ago"</summary>
    public string Relative(DateTimeOffset at)
    {
        var ago = clock.GetUtcNow() - at;
        return ago switch
        {
            { TotalSeconds: < 0 } => Absolute(at),
            { TotalSeconds: < 45 } => words["JustNow"],
            { TotalMinutes: < 1.5 } => words["MinuteAgo"],
            { TotalMinutes: < 59.5 } => words["MinutesAgo", (int)Math.Round(ago.TotalMinutes)],
            { TotalHours: < 1.5 } => words["HourAgo"],
            { TotalHours: < 23.5 } => words["HoursAgo", (int)Math.Round(ago.TotalHours)],
            { TotalDays: < 1.5 } => words["DayAgo"],
            { TotalDays: < 30 } => words["DaysAgo", (int)Math.Round(ago.TotalDays)],
            _ => Date(at),
        };
    }

    public string Absolute(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public string Date(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.CurrentCulture);

    /// <summary>"$12.34": at least two decimals, more only where the amount has them.</summary>
    public string Money(MoneyResponse money)
    {
        if (!decimal.TryParse(money.Amount, NumberStyles.Number, CultureInfo.InvariantCulture, out var amount))
            return money.Amount + NoBreak + money.Currency;
        var number = amount.ToString("#,0.00##", CultureInfo.CurrentCulture);
        return money.Currency == "USD" ? "$" + number : number + NoBreak + money.Currency;
    }

    /// <summary>4.3 M parameters, 0.56 G operations: three significant figures.</summary>
    public string Compact(double value)
    {
        string[] units = ["", "k", "M", "G", "T"];
        var unit = 0;
        for (; Math.Abs(value) >= 999.5 && unit < units.Length - 1; unit++)
            value /= 1000;
        var format =
            Math.Abs(value) >= 100 || unit == 0 ? "0"
            : Math.Abs(value) >= 10 ? "0.0"
            : "0.00";
        return value.ToString(format, CultureInfo.CurrentCulture) + (unit == 0 ? "" : NoBreak + units[unit]);
    }

    private string Pair(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? Unit("0", large, largeUnit) : Unit("0", large, largeUnit) + " " + Unit("0", small, smallUnit);

    private string Unit(string format, double value, string unit) =>
        value.ToString(format, CultureInfo.CurrentCulture) + NoBreak + words[unit];
}
