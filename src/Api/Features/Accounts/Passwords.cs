namespace GpuGeek.Api.Features.Accounts;

/// <summary>Checks the length and refuses passwords that attackers try first (NIST SP 800-63B). There are no rules on kinds of
/// characters. Guessable passwords are detected by rules, not by a list.</summary>
internal static class Passwords
{
    /// <param name="names">Publicly known names of the person: email, name, organisation.</param>
    /// <returns>The problem with the password, or null.</returns>
    public static string? Weakness(string password, params ReadOnlySpan<string?> names)
    {
        var plain = password.ToLowerInvariant();
        if (plain.Distinct().Count() < 4)
            return "This password repeats too few characters.";
        foreach (var name in names)
            if (PartOf(plain, name) is { } part)
                return $"The password contains '{part}', which is known about this account.";
        // The part that no rule explains must be long enough.
        var surprising = PasswordStrength.Surprising(plain);
        return surprising < PasswordStrength.Least
            ? "This password consists of common words, keyboard rows, dates or repetitions: attackers try such passwords first."
            : null;
    }

    private static string? PartOf(string password, string? name)
    {
        if (name is null)
            return null;
        // Only the part of an email address before the @: the domain may be a common word.
        foreach (var part in name.Split('@')[0].Split([' ', '.', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries))
            if (part.Length >= 4 && password.Contains(part, StringComparison.OrdinalIgnoreCase) && password.Length < part.Length * 3)
                return part;
        return null;
    }
}
