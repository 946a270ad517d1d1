using System.ComponentModel.DataAnnotations;
using GpuGeek.Inference;

namespace GpuGeek.Predictor;

/// <summary>Set by the variables <c>GPUGEEK_PREDICTOR_…</c> and <c>GPUGEEK_EXECUTION_PROVIDER</c>.</summary>
public sealed class PredictorOptions
{
    public const string Section = "Predictor";

    /// <summary>Where to listen: the path of a Unix socket, or <c>http://IP:port</c>.</summary>
    public string Address { get; set; } = "";

    /// <summary>The token that every request must bring. A port needs one: whoever reaches it could replace models.</summary>
    public string Token { get; set; } = "";

    /// <summary>Threads inside one operator of a network. Default: half the processors, at least one, so that decoding can use the
    /// rest.</summary>
    [Range(1, 256)]
    public int Threads { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>What runs the networks: <c>cpu</c>, <c>cuda</c> or <c>tensorrt</c>. Set by <c>GPUGEEK_EXECUTION_PROVIDER</c>.</summary>
    public string Provider { get; set; } = "cpu";

    /// <summary><see cref="Provider"/>, once it is validated.</summary>
    public ExecutionProvider ExecutionProvider => ExecutionProviders.Parse(Provider) ?? ExecutionProvider.Cpu;

    /// <summary>Accepts the fault header of tests. Set by <c>GPUGEEK_FAULTS=1</c>, never in production.</summary>
    public bool Faults { get; set; }
}
