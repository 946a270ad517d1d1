using System.Diagnostics.Metrics;
using System.Net;
using GpuGeek.Telemetry;
using GpuGeek.TestSupport;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace GpuGeek.Api.Tests.Http;

public sealed class MetricsOfTheApi(PostgresFixture postgres)
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static ApiApplication Application(PostgresFixture postgres, string address) =>
        new(postgres, settings: new Dictionary<string, string> { ["GPUGEEK_METRICS"] = address });

    [Fact]
    public async Task Are_shown_at_their_own_address_and_not_where_requests_are_answered()
    {
        var page = new MetricsPage();
        await using var app = Application(postgres, page.Address);
        var session = await app.RegisterAsync();
        await session.Client.ListProjectsAsync(session.Org, ct: Cancel);
        // A request is measured after its response has been sent.
        var lines = await Eventually.HoldsAsync(
            () => page.LinesAsync(Cancel),
            lines =>
                Array.Exists(
                    lines,
                    line =>
                        line.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal)
                        && line.Contains("http_route=\"/api/v1/orgs/{org}/projects", StringComparison.Ordinal)
                ),
            TimeSpan.FromSeconds(20)
        );
        // The page is of the whole process: other tests' routes with "password" in their names may stand in it.
        Assert.DoesNotContain(lines, line => line.Contains("Password=", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(lines, line => line.Contains(session.Password, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(session.Http, "/metrics"));
        Assert.Equal(await StatusAsync(app.CreateClient(), "/no-such-route"), await StatusAsync(app.CreateClient(), "/metrics"));
        using var inner = new HttpClient();
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(inner, $"http://{page.Address}/api/v1/plans"));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string address)
    {
        using var response = await http.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute), Cancel);
        return response.StatusCode;
    }

    /// <summary>Kestrel would listen on every address for a name.</summary>
    [Theory]
    [InlineData("metrics.example.org:9464")]
    [InlineData("*:9464")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("9464")]
    public async Task At_an_unclear_address_stop_the_start_with_a_sentence(string address)
    {
        await using var app = Application(postgres, address);
        var refused = Assert.Throws<OptionsValidationException>(() => app.CreateClient());
        Assert.Contains($"GPUGEEK_METRICS is '{address}'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:9464", "127.0.0.1:9464")]
    [InlineData("[::1]:9464", "[::1]:9464")]
    [InlineData("0.0.0.0:9464", "0.0.0.0:9464")]
    public void Have_an_address_and_a_port(string setting, string expected) =>
        Assert.Equal(expected, new MetricsOptions { Address = setting }.EndPoint?.ToString());
}

public sealed class TheTextOfMetrics : IDisposable
{
    private readonly Meter _meter = new("GpuGeek.Tests.Text");
    private readonly PrometheusReader _reader = new();
    private readonly MeterProvider _provider;

    public TheTextOfMetrics() => _provider = Sdk.CreateMeterProviderBuilder().AddMeter(_meter.Name).AddReader(_reader.Metrics).Build();

    public void Dispose()
    {
        _provider.Dispose();
        _reader.Dispose();
        _meter.Dispose();
    }

    private void Shows(string expected) => Assert.Equal(expected.ReplaceLineEndings("\n") + "\n", _reader.Read());

    [Fact]
    public void Names_a_counter_by_its_unit_and_escapes_labels()
    {
        _meter
            .CreateCounter<double>("gpugeek.cpu.time", "s", "Time\nof processors.")
            .Add(1.5, new KeyValuePair<string, object?>("a.b", "\"\\\n"));
        Shows(
            """
            # HELP gpugeek_cpu_time_seconds_total Time\nof processors.
            # TYPE gpugeek_cpu_time_seconds_total counter
            gpugeek_cpu_time_seconds_total{a_b="\"\\\n"} 1.5
            """
        );
    }

    [Fact]
    public void Adds_up_the_buckets_of_a_histogram()
    {
        var sizes = _meter.CreateHistogram("sizes", "By", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 10] });
        foreach (var size in (int[])[1, 5, 7, 11])
            sizes.Record(size);
        Shows(
            """
            # TYPE sizes_bytes histogram
            sizes_bytes_bucket{le="1"} 1
            sizes_bytes_bucket{le="10"} 3
            sizes_bytes_bucket{le="+Inf"} 4
            sizes_bytes_sum 24
            sizes_bytes_count 4
            """
        );
    }

    [Fact]
    public void Gives_gauges_and_what_goes_up_and_down_as_they_are()
    {
        _meter.CreateGauge<double>("free", "1").Record(0.25);
        var busy = _meter.CreateUpDownCounter<long>("busy", "{place}");
        busy.Add(3);
        busy.Add(-1);
        Shows(
            """
            # TYPE free_ratio gauge
            free_ratio 0.25
            # TYPE busy gauge
            busy 2
            """
        );
    }

    [Fact]
    public void Is_the_same_each_time_it_is_read()
    {
        _meter.CreateCounter<long>("seen").Add(2);
        Assert.Equal(_reader.Read(), _reader.Read());
    }
}
