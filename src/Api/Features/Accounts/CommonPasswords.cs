namespace GpuGeek.Api.Features.Accounts;

/// <summary>Words and spellings that occur in common passwords.</summary>
internal static class CommonPasswords
{
    private const int Shortest = 3;

    private static readonly string[] All = (
        "password passwort passwd pass motdepasse contrasena wachtwoord senha parola secret admin administrator root user guest login "
        + "signin welcome willkommen bienvenue hello hallo letmein openup access changeme "
        + "default test testing temp sample demo master server system computer internet windows linux google facebook samsung apple "
        + "iphone android qwerty azerty asdf zxcv iloveyou ilove love you forever baby angel "
        + "princess queen king prince sunshine flower rose lovely beautiful sweet honey sugar cookie chocolate banana orange cherry "
        + "summer winter spring autumn monday friday january april august october december "
        + "football soccer baseball basketball hockey tennis liverpool arsenal chelsea barcelona juventus ronaldo messi jordan michael "
        + "jessica jennifer ashley daniel thomas andrew joshua matthew charlie george "
        + "robert anthony nicole samantha michelle maria anna superman batman spiderman starwars pokemon naruto dragon monkey tiger "
        + "lion eagle panther shadow killer hunter ranger ninja pirate wizard matrix freedom "
        + "trustno1 whatever nothing computer michael london paris berlin america canada china money dollar diamond silver golden "
        + "lucky happy smile family mother father sister brother friend friends jesus heaven blessed "
        + "gpugeek gpu geek model models image images training woaini"
    ).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static readonly HashSet<string> Known = [.. All];
    private static readonly int Longest = All.Max(w => w.Length);

    /// <returns>Length of the longest such word at this position, also with digits and signs in place of letters; 0 if there is
    /// none.</returns>
    public static int LongestAt(string password, int at)
    {
        for (var length = Math.Min(Longest, password.Length - at); length >= Shortest; length--)
        {
            var part = password.Substring(at, length);
            // Two readings, because a 1 can stand for an i or an l.
            if (Known.Contains(part) || Known.Contains(Read(part, 'i')) || Known.Contains(Read(part, 'l')))
                return length;
        }
        return 0;
    }

    private static string Read(string part, char one) =>
        string.Create(
            part.Length,
            (part, one),
            static (letters, from) =>
            {
                for (var i = 0; i < letters.Length; i++)
                    letters[i] = Letter(from.part[i], from.one);
            }
        );

    private static char Letter(char c, char one) =>
        c switch
        {
            '0' => 'o',
            '1' or '!' or '|' => one,
            '3' or '\u20ac' => 'e',
            '4' or '@' => 'a',
            '5' or '$' => 's',
            '7' or '+' => 't',
            '8' => 'b',
            '9' => 'g',
            _ => c,
        };
}
