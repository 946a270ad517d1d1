using System.Globalization;
using GpuGeek.Domain.Datasets;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Common;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Engine;

/// <summary>
/// One network from the best epochs of a training: the mean of their weights, where each counts only if validation accuracy does not fall
/// by it (a greedy soup; Wortsman et al. 2022, arXiv:2203.05482, Recipe 1). The statistics of batch normalisation are measured again, on
/// training pictures (Izmailov et al. 2018, arXiv:1803.05407): those of a mean are not the mean of theirs.
/// </summary>
/// <param name="learning">What learnt in the last epoch: a frozen norm keeps its statistics.</param>
internal sealed class Soup(GraphModule module, ModePlan learning, IExampleSource source, CancellationToken stop)
{
    /// <summary>Enough for means over thousands of pictures; large training splits would take minutes for each ingredient.</summary>
    private const int MostBatches = 200;

    /// <returns>The network, and the epochs that are in it in the order in which they came.</returns>
    /// <exception cref="TrainingStoppedException"/>
    public (ModuleState Network, int[] Epochs) Cook(IReadOnlyList<Ingredient> ingredients)
    {
        List<Ingredient> taken = [ingredients[0]];
        var (network, correct) = (ingredients[0].Network, ingredients[0].Correct);
        foreach (var next in ingredients.Skip(1))
        {
            Mean([.. taken.Select(t => t.Network), next.Network]).CopyTo(module);
            MeasureStatistics();
            var seen = Evaluation.Run(module, source, Splits.Val, stop);
            var isTaken = seen.Correct >= correct;
            var verdict = isTaken ? "taken" : "left out";
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Soup: with epoch {next.Epoch} validation accuracy is {seen.Accuracy:0.0000}; it is {verdict}."
                )
            );
            if (!isTaken)
                continue;
            taken.Add(next);
            (network, correct) = (ModuleState.Of(module), seen.Correct);
        }
        return (network, [.. taken.Select(t => t.Epoch)]);
    }

    /// <summary>The mean of every number.</summary>
    internal static ModuleState Mean(IReadOnlyList<ModuleState> networks) =>
        new()
        {
            Tensors =
            [
                .. networks[0]
                    .Tensors.Select(
                        (first, at) =>
                            first with
                            {
                                Values =
                                [
                                    .. Enumerable
                                        .Range(0, first.Values.Length)
                                        .Select(i => (float)(networks.Sum(n => (double)n.Tensors[at].Values[i]) / networks.Count)),
                                ],
                            }
                    ),
            ],
        };

    /// <summary>Gives every norm that learns the mean of the batches' statistics.</summary>
    internal void MeasureStatistics()
    {
        if (!module.Graph.Nodes.Any(node => node.Op is BatchNorm && learning[node] == NodeMode.Train))
            return;
        // One picture has no variance.
        var batches = source.Batches(Splits.Train).Where(batch => batch.Labels.Length > 1).Take(MostBatches);
        var count = 0;
        foreach (var batch in batches)
        {
            if (stop.IsCancellationRequested)
                throw new TrainingStoppedException();
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var frozen = TorchSharp.torch.no_grad();
            var plan = ModePlan.Measuring(module.Graph, learning, share: 1.0 / ++count);
            module.Forward(BatchTensors.InputsOf(batch, source.InputShape, module.Device), plan);
        }
    }
}
