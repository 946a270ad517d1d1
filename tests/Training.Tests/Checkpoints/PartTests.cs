using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Tests.Support;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Checkpoints;

public sealed class ThePartsOfACheckpoint : IDisposable
{
    private const string Fingerprint = "recipe";
    private readonly TempFolder _folder = new();

    private CheckpointStore Store => new(_folder.Path);

    [Fact]
    public void Are_files_of_their_own_which_the_manifest_names()
    {
        var (name, files) = Save(1, new Part("network", 1), new Part("average", 2, 3));
        Assert.Equal(
            ["average.safetensors", "manifest.json", "network.safetensors", "progress.json"],
            files.Select(f => f.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal(files.Length, Directory.GetFiles(Path.Combine(_folder.Path, name)).Length);
        var loaded = Store.LoadNewest(Fingerprint, ["network", "average"])!;
        Assert.Equal([2f, 3f], loaded.Parts["average"]["numbers"].Values);
    }

    [Fact]
    public void Are_all_there_or_an_older_checkpoint_is_taken_and_the_log_says_so()
    {
        Save(1, new Part("network", 1), new Part("optimizer", 2));
        Save(2, new Part("network", 3));
        Save(3, new Part("network", 4), new Part("optimizer", 5), new Part("average", 6));
        var log = Logged(() => Assert.Null(Store.LoadNewest(Fingerprint, ["network", "optimizer"])));
        Assert.Contains("step-000000003-00000 is not used", log, StringComparison.Ordinal);
        Assert.Contains("step-000000002-00000 is not used. It has the parts network, and", log, StringComparison.Ordinal);
        Save(4, new Part("network", 7), new Part("optimizer", 8));
        Save(5, new Part("network", 9));
        Logged(() => Assert.Equal(4, Store.LoadNewest(Fingerprint, ["network", "optimizer"])!.Progress.Step));
    }

    [Fact]
    public void Are_there_even_if_they_have_nothing_to_keep_yet()
    {
        using var module = Line(2);
        var best = new BestState(module);
        Save(1, best);
        best.Keep();
        best.Load(Store.LoadNewest(Fingerprint, ["best"])!.Parts["best"]);
        Assert.Null(best.Network);
    }

    [Fact]
    public void Of_another_network_are_refused()
    {
        using GraphModule small = Line(2),
            large = Line(3);
        using Adam ofSmall = new(small, default, decoupled: true),
            ofLarge = new(large, default, decoupled: true);
        foreach (
            var (saved, loaded) in new (ITrainingState, ITrainingState)[]
            {
                (new NetworkState(small), new NetworkState(large)),
                (ofSmall, ofLarge),
            }
        )
        {
            Save(1, saved);
            var checkpoint = Store.LoadNewest(Fingerprint, [saved.Name])!;
            Assert.Throws<InvalidDataException>(() => loaded.Load(checkpoint.Parts[saved.Name]));
        }
    }

    [Fact]
    public void Take_no_more_bytes_than_they_say()
    {
        using var module = Line(2);
        using var optimizer = new Adam(module, default, decoupled: true);
        var best = new BestState(module);
        best.Keep();
        var memory = new SnapshotMemory();
        foreach (var part in new ITrainingState[] { new NetworkState(module), best, optimizer })
            Assert.InRange(part.Save(new(memory, part.Name)).Sum(t => t.Values.LongLength * sizeof(float)), 1, part.Bytes);
    }

    public void Dispose() => _folder.Dispose();

    private (string Name, Domain.Runs.Protocol.CheckpointFile[] Files) Save(long step, params ITrainingState[] parts) =>
        Store.Save(new SnapshotMemory().Take(parts, new() { Step = step, Fingerprint = Fingerprint }));

    internal static string Logged(Action action)
    {
        var output = Console.Out;
        using var log = new StringWriter();
        Console.SetOut(log);
        try
        {
            action();
        }
        finally
        {
            Console.SetOut(output);
        }
        return log.ToString();
    }

    private static GraphModule Line(int inputs)
    {
        var g = new GraphBuilder();
        return new GraphModule(g.Build(g.Add("fc", new Linear(inputs, 1), g.Add("input", new Input(inputs))), "fc"), CPU);
    }

    private sealed class Part(string name, params float[] numbers) : ITrainingState
    {
        public string Name => name;
        public long Bytes => numbers.LongLength * sizeof(float);

        public IEnumerable<NamedTensor> Save(SnapshotMemory.Part memory) => [new("numbers", [numbers.Length], numbers)];

        public void Load(IReadOnlyDictionary<string, NamedTensor> tensors) => numbers = tensors["numbers"].Values;
    }
}
