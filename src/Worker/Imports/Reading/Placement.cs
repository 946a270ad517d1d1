namespace GpuGeek.Worker.Imports.Reading;

/// <summary>What a file is labelled as.</summary>
/// <param name="Class">Null: it cannot be imported, for the reason.</param>
/// <param name="Split">Null: nothing says which.</param>
/// <param name="Group">Pictures of one group stay in one split; null: it has none.</param>
internal sealed record Placement(string? Class, string? Split = null, string? Group = null, SkipReason? Reason = null)
{
    public static Placement Refused(string code, string reason, string? hint = null) => new(null, Reason: new(code, reason, hint));
}
