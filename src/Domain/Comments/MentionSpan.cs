namespace GpuGeek.Domain.Comments;

/// <summary>A part of a text that names a member.</summary>
/// <param name="Name">The member's name at that time.</param>
/// <param name="Start">Position of the <c>@</c>, in UTF-16 code units.</param>
/// <param name="Length">Length including the <c>@</c>.</param>
public sealed record MentionSpan(Guid User, string Name, int Start, int Length);

/// <summary>A member who can be mentioned.</summary>
public sealed record Mentionable(Guid User, string Name, string Email);

/// <summary>Finds <c>@name</c> and <c>@email</c> in a text.</summary>
public static class MentionFinder
{
    /// <summary>
    /// Finds the longest name or email of a member after each <c>@</c> that does not follow a letter or digit, ignoring case. A name that
    /// two members share mentions neither of them; their emails do.
    /// </summary>
    public static MentionSpan[] Find(string text, IReadOnlyCollection<Mentionable> members)
    {
        var handles = Handles(members);
        var spans = new List<MentionSpan>();
        for (var at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = text.IndexOf('@', at + 1))
        {
            if (at > 0 && char.IsLetterOrDigit(text[at - 1]))
                continue;
            if (handles.FirstOrDefault(h => IsAt(text, at + 1, h.Handle)) is not { Member: { } member } found)
                continue;
            spans.Add(new(member.User, member.Name, at, found.Handle.Length + 1));
            at += found.Handle.Length;
        }
        return [.. spans];
    }

    private static List<(string Handle, Mentionable? Member)> Handles(IReadOnlyCollection<Mentionable> members) =>
        [
            .. members
                .Where(m => m.Name.Length > 0)
                .GroupBy(m => m.Name, StringComparer.OrdinalIgnoreCase)
                .Where(g => g.Count() == 1)
                .Select(g => (g.Key, (Mentionable?)g.Single()))
                .Concat(members.Select(m => (m.Email, (Mentionable?)m)))
                .OrderByDescending(h => h.Item1.Length),
        ];

    // "@Ann" is not in "@Annabel" nor in "@ann@elsewhere.org", and "@ann@a.org" not in "@ann@a.organic".
    private static bool IsAt(string text, int start, string handle) =>
        string.Compare(text, start, handle, 0, handle.Length, StringComparison.OrdinalIgnoreCase) == 0
        && start + handle.Length <= text.Length
        && (
            start + handle.Length == text.Length
            || !(char.IsLetterOrDigit(text[start + handle.Length]) || text[start + handle.Length] == '@')
        );
}
