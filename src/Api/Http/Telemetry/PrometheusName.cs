namespace GpuGeek.Telemetry;

/// <summary>The name of a metric in Prometheus: <c>gpugeek.job.duration</c> in <c>s</c> is <c>gpugeek_job_duration_seconds</c>.</summary>
internal static class PrometheusName
{
    public static string Of(string name, string? unit, string type)
    {
        var result = Sanitized(name);
        var suffix = unit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "1" when type == "gauge" => "ratio",
            _ => "",
        };
        if (suffix.Length > 0 && !result.EndsWith("_" + suffix, StringComparison.Ordinal))
            result += "_" + suffix;
        return type == "counter" && !result.EndsWith("_total", StringComparison.Ordinal) ? result + "_total" : result;
    }

    public static string Sanitized(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
