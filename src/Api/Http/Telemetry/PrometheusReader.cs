using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace GpuGeek.Telemetry;

/// <summary>Collects the metrics of this process when they are asked for. OpenTelemetry's own exporter for Prometheus has no stable
/// version.</summary>
internal sealed class PrometheusReader : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TextExporter _exporter = new();

    public PrometheusReader() => Metrics = new BaseExportingMetricReader(_exporter);

    public MetricReader Metrics { get; }

    public void Dispose()
    {
        Metrics.Dispose();
        _exporter.Dispose();
    }

    public string Read()
    {
        lock (_gate)
        {
            _exporter.Text = "";
            // Set by the reader, which refuses to be collected in any other way.
            _exporter.Collect!(Timeout.Infinite);
            return _exporter.Text;
        }
    }

    [ExportModes(ExportModes.Pull)]
    private sealed class TextExporter : BaseExporter<Metric>, IPullMetricExporter
    {
        public string Text { get; set; } = "";

        public Func<int, bool>? Collect { get; set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            var text = new PrometheusText();
            foreach (var metric in batch)
                text.Add(metric);
            Text = text.ToString();
            return ExportResult.Success;
        }
    }
}
