namespace GpuGeek.Api.Features.Accounts;

/// <summary>Length and no common password (NIST SP 800-63B): no rules on kinds of characters.</summary>
internal static class Passwords
{
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "1234567890", "12345678910", "0123456789", "0987654321", "1q2w3e4r5t", "qwertyuiop", "qwerty12345", "qwerty123456", "password12", "password123", "password1234",
        "passwordpassword", "adminadmin", "administrator", "letmein123", "iloveyou123", "1111111111", "0000000000", "aaaaaaaaaa", "abcdefghij", "asdfghjkl1", "welcome123",
        "changeme123", "qwer1234qwer", "zaq12wsxcde", "football123", "baseball123", "superman123", "princess123", "sunshine123",
    };

    /// <returns>What is wrong with it, or null.</returns>
    public static string? Weakness(string password, string email)
    {
        if (Common.Contains(password)) return "This password is among the most common ones.";
        if (password.Distinct().Count() < 4) return "This password repeats too few characters.";
        return password.Contains(email.Split('@')[0], StringComparison.OrdinalIgnoreCase) && email.IndexOf('@', StringComparison.Ordinal) > 3 ? "The password contains the email's name." : null;
    }
}
