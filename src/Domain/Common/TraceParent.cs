using System.Diagnostics;

namespace GpuGeek.Domain.Common;

/// <summary>The current trace in W3C's form, <c>00-trace-span-flags</c>. Queued work keeps it in its row, so that the worker continues the
/// trace of the request.</summary>
public static class TraceParent
{
    public const int Length = 55;

    /// <summary>Null if there is no trace, or a caller sent one in another form.</summary>
    public static string? Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;
}
