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

    /// <summary>Until .NET has compiled the path of a prediction for the second time; before, an answer costs Api twice as much.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);

    /// <param name="own">Address of a deployment, and a key that may predict.</param>
    /// <param name="other">The same of another organisation.</param>
    /// <param name="onnxPath">The deployment's <c>core.onnx</c>.</param>
    /// <param name="picturePath">A picture.</param>
    /// <param name="platform">Process id of AppHost; 0: not known.</param>
    /// <param name="peer">Address of another server that classifies pictures, or null.</param>
    public static async Task RunAsync(
        (string Address, string Key) own,
        (string Address, string Key) other,
        string onnxPath,
        string picturePath,
        int platform,
        string? peer
    )
    {
        var picture = await File.ReadAllBytesAsync(picturePath);
        var onnx = await File.ReadAllBytesAsync(onnxPath);
        var load = new PredictionLoad(new(own.Address), own.Key, picture);
        await load.RunAsync(8, WarmUp);
        Print($"{"", 10} {"2xx/s", 8} {"p50 ms", 8} {"p99 ms", 8} {"refused", 8} {"failed", 8}");
        for (var round = 0; round < Rounds; round++)
        {
            Print($"{"bare loop", 10} {Bare(onnx, picture), 8:0.0}");
            foreach (var clients in Clients)
            {
                var before = ProcessTimes.Of(platform);
                var used = Environment.CpuUsage.TotalTime;
                var seen = await load.RunAsync(clients, Time);
                Print($"{clients + " clients", 10}", seen);
                PrintTimes(
                    before,
                    ProcessTimes.Of(platform),
                    (Environment.CpuUsage.TotalTime - used).TotalSeconds,
                    seen.Milliseconds.Length
                );
            }
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

    /// <summary>Where the processors' time went: milliseconds per answer of each program, and of the clients.</summary>
    private static void PrintTimes(Dictionary<string, double> before, Dictionary<string, double> after, double clients, int answers)
    {
        var spent = after
            .Select(p => (Name: p.Key, Seconds: p.Value - before.GetValueOrDefault(p.Key)))
            .Append((Name: "clients", Seconds: clients))
            .Where(p => p.Seconds * 1000 / answers >= 0.05)
            .OrderByDescending(p => p.Seconds)
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name} {p.Seconds * 1000 / answers:0.00}"));
        Print($"{"", 10} core-ms per answer: {string.Join(", ", spent)}");
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
