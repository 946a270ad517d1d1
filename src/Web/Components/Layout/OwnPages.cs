namespace GpuGeek.Web.Components.Layout;

/// <summary>First path segments of the site's own pages, which are not organisations.</summary>
internal static class OwnPages
{
    public static IReadOnlySet<string> First { get; } =
        new HashSet<string>(StringComparer.Ordinal)
        {
            "account",
            "architectures",
            "error",
            "forgot-password",
            "invitation",
            "new-organization",
            "not-found",
            "operator",
            "register",
            "reset-password",
            "setup",
            "shared",
            "sign-in",
            "status",
        };
}
