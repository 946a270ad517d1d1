namespace GpuGeek.Web.Accounts;

/// <summary>Shortens user-agent strings for display.</summary>
internal static class Agents
{
    private static readonly (string Part, string Name)[] Browsers =
    [
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    private static readonly (string Part, string Name)[] Systems =
    [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>Browsers also name all other browsers: only the part that people know is shown.</summary>
    public static string Short(string agent) =>
        (Find(Browsers, agent), Find(Systems, agent)) switch
        {
            (null, _) => agent,
            ({ } browser, null) => browser,
            ({ } browser, { } system) => $"{browser}, {system}",
        };

    private static string? Find((string Part, string Name)[] known, string agent) =>
        Array.Find(known, k => agent.Contains(k.Part, StringComparison.Ordinal)).Name;
}
