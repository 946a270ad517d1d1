using GpuGeek.Training.Graphs;
using GpuGeek.Training.Models;
using GpuGeek.Training.Weights;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Graphs;

public sealed class MemoryOfActivations
{
    private const int Batch = 4,
        Size = 96,
        Passes = 5;

    public static TheoryData<string> OfEachFamily => [.. Models.Zoo.OfEachFamily];

    [Theory, MemberData(nameof(OfEachFamily))]
    public void Is_counted_as_the_C_library_counts_it(string name)
    {
        // Tensors that an earlier test left to the finalizer would be freed while this one measures.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var graph = ModelRegistry.Build(name, 10, Size);
        using var module = new GraphModule(graph, CPU);
        Initialisation.All(module, 1);
        var inference = Inference(module);
        var kept = Kept(module, out var training);
        double countedTraining = ActivationMemory.OfTraining(graph),
            ofInference = (double)inference / ActivationMemory.OfInference(graph),
            ofKept = (double)kept / ActivationMemory.KeptForBackward(graph);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{name}: measured {ofInference:f3} of what is counted in inference, {ofKept:f3} of what is kept, "
                + $"{training / countedTraining:f3} of the most in training"
        );
        Assert.InRange(ofInference, 0.97, 1.03);
        Assert.InRange(ofKept, 0.95, 1.05);
        // On top of it come workspaces of the convolutions, which differ by processor and hardly grow with the batch, and the gradient of
        // a weight next to the vector that it is added to.
        Assert.True(training > 0.95 * countedTraining, $"{training} measured, {countedTraining} counted");
        Assert.InRange(
            ActivationMemory.OfTraining(graph),
            ActivationMemory.KeptForBackward(graph),
            1.25 * ActivationMemory.KeptForBackward(graph)
        );
    }

    private static long Inference(GraphModule module)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var plan = ModePlan.Eval(module.Graph);
        var peaks = new long[Passes];
        // The first passes also allocate what libtorch caches for later ones, and a thread of an earlier test may free memory meanwhile.
        for (var pass = 0; pass < Passes; pass++)
        {
            long peak = 0,
                before = NativeHeap.Bytes;
            module.Watching = _ => peak = Math.Max(peak, NativeHeap.Bytes - before);
            module.Forward(zeros(Batch, 3, Size, Size), plan).Dispose();
            peaks[pass] = peak;
        }
        module.Watching = null;
        return peaks.Order().ElementAt(Passes / 2) / Batch;
    }

    private static long Kept(GraphModule module, out long peak)
    {
        using var scope = NewDisposeScope();
        var plan = ModePlan.Train(module.Graph);
        module.Forward(zeros(Batch, 3, Size, Size), plan).sum().backward();
        var before = NativeHeap.Bytes;
        var logits = module.Forward(zeros(Batch, 3, Size, Size), plan);
        var kept = NativeHeap.Bytes - before;
        var sum = logits.sum();
        var most = kept;
        using var done = new ManualResetEventSlim();
        var sampler = new Thread(() =>
        {
            while (!done.Wait(0))
            {
                most = Math.Max(most, NativeHeap.Bytes - before);
                Thread.Sleep(0);
            }
        });
        sampler.Start();
        sum.backward();
        done.Set();
        sampler.Join();
        peak = most / Batch;
        return kept / Batch;
    }
}
