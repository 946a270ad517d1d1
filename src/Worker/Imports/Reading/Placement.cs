namespace GpuGeek.Worker.Imports.Reading;

/// <summary>What a file is labelled as.</summary>
/// <param name="Class">Null: it cannot be imported, for the reason.</param>
/// <param name="Split">Null: nothing says which.</param>
/// <param name="Group">Pictures of one group stay in one split; null: it has none.</param>
internal sealed record Placement(string? Class, string? Split = null, string? Group = null, SkipReason? Reason = null)
{
    /// <summary>Nothing says what it shows; it can be imported without a label.</summary>
    public bool IsUnlabelled { get; private init; }

    public static Placement Unlabelled(string code, string reason, string hint, string? split = null) =>
        new(null, split, Reason: new(code, reason, hint)) { IsUnlabelled = true };

    public static Placement Refused(string code, string reason, string? hint = null) => new(null, Reason: new(code, reason, hint));
}
