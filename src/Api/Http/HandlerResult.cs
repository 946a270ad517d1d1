namespace GpuGeek.Api.Http;

/// <summary>Inspects a handler's result before it is written.</summary>
internal static class HandlerResult
{
    public static bool Succeeded(object? result) => Innermost(result) is IStatusCodeHttpResult { StatusCode: null or < 400 };

    // Created<T> and Accepted<T> have no common interface for the address.
    public static string? Location(object? result) =>
        Innermost(result) is { } inner ? inner.GetType().GetProperty("Location")?.GetValue(inner) as string : null;

    /// <summary>The result inside a <c>Results&lt;…&gt;</c> union.</summary>
    public static object? Innermost(object? result) => result is INestedHttpResult nested ? Innermost(nested.Result) : result;
}
