using System.Diagnostics;
using System.Globalization;
using GpuGeek.Domain.Models;
using GpuGeek.Imaging;
using GpuGeek.Inference;

namespace GpuGeek.Benchmarks;

/// <summary>
/// Predictions per second of a running platform with 8, 64 and 256 clients, beside a bare loop of decoding and ONNX Runtime on all
/// processors, in three interleaved rounds; then the delay of one organisation alone and while another one floods. <c>serving.sh</c> starts
/// it.
/// </summary>
internal static class ServingBenchmark
{
    private const int Rounds = 3;
    private static readonly int[] Clients = [8, 64, 256];
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(8);

    /// <param name="own">Address of a deployment, and a key that may predict.</param>
    /// <param name="other">The same of another organisation.</param>
    /// <param name="onnxPath">The deployment's <c>core.onnx</c>.</param>
    /// <param name="picturePath">A picture.</param>
    /// <param name="peer">Address of another server that classifies pictures, or null.</param>
    public static async Task RunAsync(
        (string Address, string Key) own,
        (string Address, string Key) other,
        string onnxPath,
        string picturePath,
        string? peer
    )
    {
        var picture = await File.ReadAllBytesAsync(picturePath);
        var onnx = await File.ReadAllBytesAsync(onnxPath);
        var load = new PredictionLoad(new(own.Address), own.Key, picture);
        await load.RunAsync(8, TimeSpan.FromSeconds(3));
        Print($"{"", 10} {"2xx/s", 8} {"p50 ms", 8} {"p99 ms", 8} {"refused", 8} {"failed", 8}");
        for (var round = 0; round < Rounds; round++)
        {
            Print($"{"bare loop", 10} {Bare(onnx, picture), 8:0.0}");
            foreach (var clients in Clients)
                Print($"{clients + " clients", 10}", await load.RunAsync(clients, Time));
            if (peer is not null)
                Print($"{"peer, 8", 10}", await new PredictionLoad(new(peer), "", picture).RunAsync(8, Time));
        }
        var flood = new PredictionLoad(new(other.Address), other.Key, picture);
        for (var round = 0; round < Rounds; round++)
        {
            var alone = await load.RunAsync(1, Time);
            var flooding = flood.RunAsync(60, Time);
            var beside = await load.RunAsync(1, Time);
            await flooding;
            var (quiet, busy) = (alone.Percentile(0.95), beside.Percentile(0.95));
            Print($"one client: p95 {quiet:0.0} ms alone, {busy:0.0} ms beside 60 clients of another organisation ({busy / quiet:0.0}x)");
        }
    }

    /// <summary>The same work without a server: a loop on every processor.</summary>
    private static double Bare(byte[] onnx, byte[] picture)
    {
        using var session = new CoreSession(onnx, 1);
        var preprocessing = Preprocessing.ImageNet(session.Side);
        var (count, started) = (0, Stopwatch.GetTimestamp());
        Parallel.For(
            0,
            Environment.ProcessorCount,
            _ =>
            {
                var input = new float[3 * session.Side * session.Side];
                while (Stopwatch.GetElapsedTime(started) < Time)
                {
                    Preprocessor.Run(picture, preprocessing, input);
                    session.Logits(input, 1);
                    Interlocked.Increment(ref count);
                }
            }
        );
        return count / Time.TotalSeconds;
    }

    private static void Print(string name, LoadResult result)
    {
        var (median, last) = (result.Percentile(0.5), result.Percentile(0.99));
        Print($"{name} {result.Rate, 8:0.0} {median, 8:0.0} {last, 8:0.0} {result.Refused, 8} {result.Failed, 8}");
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
