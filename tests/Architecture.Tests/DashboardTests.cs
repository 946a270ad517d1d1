using System.Text.Json;
using System.Text.RegularExpressions;
using GpuGeek.Telemetry;

namespace GpuGeek.Architecture.Tests;

/// <summary>A panel of a metric that no code has stays empty, and nobody notices.</summary>
public sealed partial class TheDashboard
{
    /// <summary>Those of .NET that it shows.</summary>
    private static readonly string[] OfTheFramework = ["http_server_request_duration_seconds"];

    private static IEnumerable<string> Measured() =>
        Repository
            .FilesOf("src")
            .SelectMany(file => Instrument().Matches(file.Text))
            .Select(m => PrometheusName.Of(m.Groups[2].Value, m.Groups[3].Value, TypeOf(m.Groups[1].Value)));

    private static string TypeOf(string instrument) =>
        instrument switch
        {
            "Counter" or "ObservableCounter" => "counter",
            "Histogram" => "histogram",
            _ => "gauge",
        };

    private static IEnumerable<string> Named(JsonElement dashboard) =>
        from panel in dashboard.GetProperty("panels").EnumerateArray()
        where panel.TryGetProperty("targets", out _)
        from target in panel.GetProperty("targets").EnumerateArray()
        from Match name in Metric().Matches(Labels().Replace(target.GetProperty("expr").GetString()!, ""))
        select OfHistogram().Replace(name.Value, "");

    private static JsonElement Dashboard() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy/grafana/gpugeek.json"))).RootElement;

    private static IEnumerable<string> Unknown(JsonElement dashboard) => Named(dashboard).Except(Measured()).Except(OfTheFramework);

    [Fact]
    public void Names_only_metrics_that_the_code_has() => Assert.Empty(Unknown(Dashboard()));

    [Fact]
    public void Names_every_metric_of_ours() => Assert.Empty(Measured().Except(Named(Dashboard())));

    [Fact]
    public void With_a_metric_of_nobody_is_found_out()
    {
        var planted = JsonDocument.Parse("""{ "panels": [{ "targets": [{ "expr": "sum by (le) (rate(gpugeek_gone_total[5m]))" }] }] }""");
        Assert.Equal(["gpugeek_gone_total"], Unknown(planted.RootElement));
    }

    [GeneratedRegex("""Meter\.Create(\w+?)(?:<\w+>)?\(\s*"([^"]+)",\s*(?:[\w.]+,\s*)?"([^"]+)",""")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"\b(?:gpugeek|http)_\w+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"by \([^)]*\)")]
    private static partial Regex Labels();

    [GeneratedRegex("_(?:bucket|sum|count)$")]
    private static partial Regex OfHistogram();
}
