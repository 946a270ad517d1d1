using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>What the browser complains of: errors on the console, exceptions in scripts, requests that were refused.</summary>
public sealed class Complaints
{
    private readonly List<string> _heard = [];

    private Complaints() { }

    public static Complaints Of(IPage page)
    {
        var complaints = new Complaints();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                complaints.Add($"console: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => complaints.Add($"exception: {error}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                complaints.Add($"{response.Status} {response.Request.Method} {response.Url}");
        };
        return complaints;
    }

    public void AssertNone()
    {
        lock (_heard)
            Assert.True(_heard.Count == 0, string.Join('\n', _heard));
    }

    private void Add(string complaint)
    {
        lock (_heard)
            _heard.Add(complaint);
    }
}
