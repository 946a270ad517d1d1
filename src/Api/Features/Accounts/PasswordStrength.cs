using System.Globalization;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>Estimates password strength: counts the characters that an attacker cannot guess by rule.</summary>
internal static class PasswordStrength
{
    /// <summary>Minimum number of unpredictable characters.</summary>
    public const int Least = 6;

    private const int Run = 4;

    private static readonly string[] Rows =
    [
        "`1234567890-=",
        "qwertyuiop[]",
        "asdfghjkl;'",
        "zxcvbnm,./",
        "qwertzuiop",
        "yxcvbnm",
        "azertyuiop",
        "qsdfghjklm",
        "wxcvbn",
        // Columns of the keyboard, in both directions.
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
        "zaq1xsw2cde3vfr4bgt5nhy6mju7",
        "1q2w3e4r5t6y7u8i9o0p",
        "q1w2e3r4t5y6u7i8o9p0",
    ];

    private static readonly string[] Walks =
    [
        .. Rows,
        .. Rows.Select(Reversed),
        "abcdefghijklmnopqrstuvwxyz",
        "zyxwvutsrqponmlkjihgfedcba",
        "01234567890",
        "98765432109",
    ];

    /// <returns>Number of characters outside words, keyboard rows, dates and repetitions. Each such part counts as one, because choosing
    /// it is also a choice.</returns>
    public static int Surprising(string password)
    {
        var count = 0;
        for (var at = 0; at < password.Length; count++)
            at += Math.Max(
                1,
                Math.Max(Math.Max(WordAt(password, at), WalkAt(password, at)), Math.Max(DateAt(password, at), RepetitionAt(password, at)))
            );
        return count;
    }

    private static int WordAt(string password, int at) => CommonPasswords.LongestAt(password, at);

    private static int WalkAt(string password, int at)
    {
        for (var length = password.Length - at; length >= Run; length--)
        {
            var part = password.Substring(at, length);
            if (Array.Exists(Walks, walk => walk.Contains(part, StringComparison.Ordinal)))
                return length;
        }
        return 0;
    }

    /// <summary>Eight, six or four digits that form a date or a year.</summary>
    private static int DateAt(string password, int at)
    {
        foreach (
            var (length, formats) in new (int, string[])[]
            {
                (10, ["yyyy-MM-dd", "dd.MM.yyyy", "dd/MM/yyyy", "MM/dd/yyyy"]),
                (8, ["yyyyMMdd", "ddMMyyyy", "MMddyyyy"]),
                (6, ["yyMMdd", "ddMMyy", "MMddyy"]),
            }
        )
            if (
                at + length <= password.Length
                && DateTime.TryParseExact(password.AsSpan(at, length), formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            )
                return length;
        return
            at + 4 <= password.Length
            && int.TryParse(password.AsSpan(at, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            && year is >= 1900 and < 2100
            ? 4
            : 0;
    }

    /// <summary>A repetition of an earlier part of at least three characters (overlaps included), or of one character.</summary>
    private static int RepetitionAt(string password, int at)
    {
        for (var length = password.Length - at; length >= 3; length--)
        {
            var part = password.AsSpan(at, length);
            if (password.AsSpan(0, at + length - 1).IndexOf(part) >= 0 || part.IndexOfAnyExcept(part[0]) < 0)
                return length;
        }
        return 0;
    }

    private static string Reversed(string text)
    {
        var letters = text.ToCharArray();
        Array.Reverse(letters);
        return new(letters);
    }
}
