using System.Diagnostics;
using OpenTelemetry.Trace;

namespace GpuGeek.Telemetry;

/// <summary>Decides about traces without a parent. A statement or a call that belongs to no request, job or run is a poll: each worker
/// makes one or two a second, and nobody would find the rest among them.</summary>
internal sealed class CauseSampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind == ActivityKind.Client ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
}
