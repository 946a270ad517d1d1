namespace GpuGeek.Api.Features.Accounts;

/// <summary>Length and nothing that is guessed first (NIST SP 800-63B): no rules on kinds of characters. What is guessed first is told by
/// rule, not by a list.</summary>
internal static class Passwords
{
    /// <param name="names">What everybody knows of the person: email, name, organisation.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? Weakness(string password, params ReadOnlySpan<string?> names)
    {
        var plain = password.ToLowerInvariant();
        if (plain.Distinct().Count() < 4)
            return "This password repeats too few characters.";
        foreach (var name in names)
            if (PartOf(plain, name) is { } part)
                return $"The password contains '{part}', which everybody knows of this account.";
        // What no rule explains must be long enough to be worth guessing.
        var surprising = PasswordStrength.Surprising(plain);
        return surprising < PasswordStrength.Least
            ? "This password is made of common words, keyboard rows, dates or repetitions: it is among the first that are tried."
            : null;
    }

    private static string? PartOf(string password, string? name)
    {
        if (name is null)
            return null;
        // Of an address what stands before the @: what comes after it may be a common word.
        foreach (var part in name.Split('@')[0].Split([' ', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries))
            if (part.Length >= 4 && password.Contains(part, StringComparison.OrdinalIgnoreCase) && password.Length < part.Length * 3)
                return part;
        return null;
    }
}
