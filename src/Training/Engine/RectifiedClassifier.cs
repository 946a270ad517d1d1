using GpuGeek.Domain.Datasets;
using GpuGeek.Training.Common;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <summary>
/// SqueezeNet's classifier is rectified before it is averaged (Iandola et al. 2016, arXiv:1602.07360): what a linear probe learnt would be
/// cut wherever a class is less than zero.
/// A softmax does not see a number that is added to every class, so all biases are raised by the same until nothing is cut, and the network
/// says what the probe says.
/// </summary>
internal static class RectifiedClassifier
{
    // What pictures that were not seen yet may go beyond the least of the training pictures.
    private const double Margin = 1.5;

    // Logits lie within some tens of each other.
    private const float Open = 32;

    /// <summary>
    /// Where a fresh classifier begins: every class as likely as any other, and nothing cut. As it is published (small weights, biases of
    /// zero) the features of a trained network, which
    /// nothing normalises, give it a loss near 100, and its first steps push most classes below zero at every place, where nothing is
    /// learnt any more.
    /// </summary>
    public static void Begin(GraphModule network)
    {
        var name = network.Graph.ClassifierPath + ".weight";
        network.Write(name, new float[network.Read(name).Length]);
        Raise(network, Open);
    }

    /// <summary>Raises the biases of a trained classifier until nothing is cut.</summary>
    /// <exception cref="TrainingStoppedException"><paramref name="stop"/> was asked for between two batches.</exception>
    public static void Lift(GraphModule network, IExampleSource pictures, CancellationToken stop)
    {
        var least = Least(network, pictures, stop);
        if (least < 0)
            Raise(network, -Margin * least);
    }

    private static void Raise(GraphModule network, double by)
    {
        var name = network.Graph.ClassifierPath + ".bias";
        network.Write(name, [.. network.Read(name).Select(b => (float)(b + by))]);
    }

    /// <summary>The smallest value of any class at any place of any training picture, before it is rectified.</summary>
    private static double Least(GraphModule network, IExampleSource pictures, CancellationToken stop)
    {
        var plan = ModePlan.Eval(network.Graph);
        var least = double.PositiveInfinity;
        using var frozen = no_grad();
        foreach (var batch in pictures.Batches(Splits.Train))
        {
            if (stop.IsCancellationRequested)
                throw new TrainingStoppedException();
            using var scope = NewDisposeScope();
            least = Math.Min(
                least,
                network
                    .Forward(BatchTensors.InputsOf(batch, pictures.InputShape, network.Device), plan, network.Graph.Classifier)
                    .min()
                    .item<float>()
            );
        }
        return least;
    }
}
