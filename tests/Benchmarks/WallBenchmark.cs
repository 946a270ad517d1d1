using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using GpuGeek.Contracts.Client;

namespace GpuGeek.Benchmarks;

/// <summary>
/// Whether the time of an answer tells which ids exist: 500 requests for another organisation's things beside 500 for things that nobody
/// has, taking turns, through the front door.
/// Founds two organisations and deletes them again, so the account must be allowed to (the operator's is).
/// </summary>
internal static class WallBenchmark
{
    private const int Requests = 500,
        WarmUp = 50;

    public static async Task RunAsync(string address, string email, string password)
    {
        using var http = new HttpClient { BaseAddress = new(address) };
        var session = await new GpuGeekClient(http).SignInAsync(new() { Email = email, Password = password });
        var client = new GpuGeekClient(http, session.Token);
        var (one, other) = (
            await client.CreateOrganizationAsync("Benchmark of walls"),
            await client.CreateOrganizationAsync("Benchmark of walls, the other side")
        );
        try
        {
            var paths = await FillAsync(client, one.Slug);
            var key = await client.CreateKeyAsync(
                other.Slug,
                new() { Name = "benchmark", Scopes = ["datasets:read", "runs:read", "models:read"] }
            );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{"route", -34} {"foreign", 10} {"unknown", 10} {"ratio", 7}   medians of {Requests} requests in ms"
                )
            );
            foreach (var (name, foreign, unknown) in paths)
                await CompareAsync(http, key.Key, name, foreign(other.Slug), unknown(other.Slug));
            await CompareAsync(http, key.Key, "the organisation itself", $"orgs/{one.Slug}/projects", $"orgs/{NewId():N}/projects");
        }
        finally
        {
            foreach (var org in (string[])[one.Slug, other.Slug])
                await client.DeleteOrganizationAsync(org);
        }
    }

    private static async Task<List<(string Name, Func<string, string> Foreign, Func<string, string> Unknown)>> FillAsync(
        GpuGeekClient client,
        string org
    )
    {
        var project = await client.CreateProjectAsync(org, new() { Name = "Shapes" });
        var dataset = await client.CreateDatasetAsync(org, new() { Project = project.Slug, Name = "shapes" });
        var import = await client.CreateImportAsync(org, dataset.Id, new() { Sample = "shapes" });
        while ((import = await client.GetImportAsync(org, dataset.Id, import.Id, wait: 30)).State is "queued" or "running")
            Console.Error.WriteLine($"The sample is being imported: {import.Progress:P0}");
        var version = await client.CreateVersionAsync(org, dataset.Id, new());
        var run = await client.CreateRunAsync(
            org,
            new()
            {
                Project = project.Slug,
                DatasetVersion = version.Id,
                Recipe = new() { Preset = "balanced", ["transfer.pretrained"] = false },
            }
        );
        await client.CancelRunAsync(org, run.Id);
        (string, Func<Guid, Guid, string>, Guid)[] routes =
        [
            ("datasets/{dataset}", (id, _) => $"datasets/{id}", dataset.Id),
            ("datasets/{dataset}/images", (id, _) => $"datasets/{id}/images", dataset.Id),
            ("datasets/…/versions/{version}", (id, d) => $"datasets/{d}/versions/{id}", version.Id),
            ("datasets/…/imports/{import}", (id, d) => $"datasets/{d}/imports/{id}", import.Id),
            ("runs/{run}", (id, _) => $"runs/{id}", run.Id),
            ("runs/{run}/metrics", (id, _) => $"runs/{id}/metrics", run.Id),
            ("runs/{run}/comments", (id, _) => $"runs/{id}/comments", run.Id),
        ];
        return
        [
            .. routes.Select(r =>
                (
                    r.Item1,
                    (Func<string, string>)(o => $"orgs/{o}/{r.Item2(r.Item3, dataset.Id)}"),
                    (Func<string, string>)(o => $"orgs/{o}/{r.Item2(NewId(), NewId())}")
                )
            ),
        ];
    }

    private static async Task CompareAsync(HttpClient http, string key, string name, string foreign, string unknown)
    {
        var (first, second) = (new List<double>(), new List<double>());
        for (var i = 0; i < WarmUp + Requests; i++)
            foreach (
                var (path, times) in i % 2 == 0
                    ? ((string, List<double>)[])[(foreign, first), (unknown, second)]
                    : [(unknown, second), (foreign, first)]
            )
            {
                var time = await TimeAsync(http, key, path);
                if (i >= WarmUp)
                    times.Add(time);
            }
        var (a, b) = (Median(first), Median(second));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name, -34} {a, 10:F3} {b, 10:F3} {a / b, 7:F3}"));
    }

    private static async Task<double> TimeAsync(HttpClient http, string key, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/" + path)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        };
        var started = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return response.StatusCode == HttpStatusCode.NotFound
            ? time
            : throw new InvalidOperationException($"{path} answered {(int)response.StatusCode} instead of 404.");
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private static double Median(List<double> times)
    {
        times.Sort();
        return (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2;
    }
}
