namespace GpuGeek.Training.Graphs;

/// <summary>
/// Peak memory of the activations of one picture in float32: values and gradients, without parameters, the optimizer, and temporary
/// workspaces of operations.
/// Counted over storages, because views (reshapes, slices, transposes) share the storage of their source.
/// <list type="bullet">
/// <item>Inference: max over operations of Σ storages that are still needed, the operation's result among them; a value goes after its last
/// use, as in <see cref="GraphModule.Forward"/>.</item>
/// <item>Training: the same forwards, but what the derivative of an operation needs stays until its backward step (the "saved" values of
/// PyTorch's <c>derivatives.yaml</c>: input of a convolution, of a linear layer and of
/// a norm, result of a rectifier, positions of a maximum …); then backwards, max over operations of Σ saved values not yet used + Σ
/// gradients not yet used up. Without recomputation (Chen et al. 2016, arXiv:1604.06174, §3).</item>
/// </list>
/// Proportional to the batch.
/// </summary>
internal static class ActivationMemory
{
    private const int FloatBytes = 4,
        PositionBytes = 8;

    /// <returns>Bytes per picture.</returns>
    public static long OfInference(Graph graph) => Forward(graph, null).Peak;

    /// <returns>Bytes per picture that are kept between forward and backward, the logits among them.</returns>
    public static long KeptForBackward(Graph graph) => Forward(graph, Kept(graph)).Live;

    /// <returns>Bytes per picture.</returns>
    public static long OfTraining(Graph graph)
    {
        var kept = Kept(graph);
        var ledger = Forward(graph, kept);
        // By node: name of the waiting gradient in the ledger.
        var gradients = new int?[graph.Nodes.Count];
        var next = graph.Nodes.Count;
        gradients[graph.Output] = ledger.Hold(next++, Bytes(graph.Nodes[graph.Output]));
        foreach (var node in graph.Nodes.Reverse())
        {
            if (gradients[node.Id] is not { } arrived)
                continue;
            foreach (var i in node.Inputs.Where(i => graph.Nodes[i].Op is not Input))
            {
                var passed = OpMemory.Of(node.Op).PassesGradient ? ledger.Hold(arrived, 0) : ledger.Hold(next++, Bytes(graph.Nodes[i]));
                if (gradients[i] is { } other)
                {
                    var sum = ledger.Hold(next++, Bytes(graph.Nodes[i]));
                    ledger.Release(other);
                    ledger.Release(passed);
                    passed = sum;
                }
                gradients[i] = passed;
            }
            foreach (var (storage, _) in kept[node.Id])
                ledger.Release(storage);
            ledger.Release(arrived);
        }
        return ledger.Peak;
    }

    /// <param name="kept">By node, the values that its derivative needs; null: no derivatives.</param>
    private static StorageLedger Forward(Graph graph, (int Storage, long Bytes)[][]? kept)
    {
        var ledger = new StorageLedger();
        var storages = Storages(graph);
        var left = graph.UseCounts();
        // The caller's value.
        ledger.Hold(storages[0], Bytes(graph.Nodes[0]));
        foreach (var node in graph.Nodes)
        {
            ledger.Hold(storages[node.Id], Bytes(graph.Nodes[storages[node.Id]]));
            if (kept is not null)
                foreach (var (storage, bytes) in kept[node.Id])
                    ledger.Hold(storage, bytes);
            foreach (var i in node.Inputs)
                if (--left[i] == 0)
                    ledger.Release(storages[i]);
        }
        return ledger;
    }

    /// <summary>By node: its storage, named after the node that created it.</summary>
    private static int[] Storages(Graph graph)
    {
        var storages = new int[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
            storages[node.Id] = IsView(graph, node) ? storages[node.Inputs[0]] : node.Id;
        return storages;
    }

    private static bool IsView(Graph graph, Node node) =>
        OpMemory.Of(node.Op).Storage switch
        {
            ValueStorage.Own => false,
            ValueStorage.Reshaped => !IsTurned(graph, graph.Nodes[node.Inputs[0]])
                || node.Shape.Where(d => d > 1).SequenceEqual(graph.Nodes[node.Inputs[0]].Shape.Where(d => d > 1)),
            ValueStorage.View or ValueStorage.Part or ValueStorage.Turned => true,
            _ => throw node.Op.NotKnownTo(nameof(ActivationMemory)),
        };

    /// <summary>Non-contiguous rows can only be reshaped by a copy.</summary>
    private static bool IsTurned(Graph graph, Node node) =>
        OpMemory.Of(node.Op).Storage switch
        {
            ValueStorage.Turned => true,
            ValueStorage.Part => IsTurned(graph, graph.Nodes[node.Inputs[0]]),
            _ => false,
        };

    /// <summary>By node: storages that its derivative needs, with their sizes; negative names are values that only the derivative
    /// uses.</summary>
    private static (int Storage, long Bytes)[][] Kept(Graph graph)
    {
        var storages = Storages(graph);
        (int, long) Value(int id) => (storages[id], Bytes(graph.Nodes[storages[id]]));
        (int, long) Hidden(Node node, int bytes) => (-1 - node.Id, bytes * Count(node));
        // Batch and heads of a part of the projection are not contiguous: the product creates and keeps a copy.
        (int, long) Factor(Node node, int i) =>
            storages[node.Inputs[i]] == node.Inputs[i]
                ? Value(node.Inputs[i])
                : (-1 - node.Id - i * graph.Nodes.Count, Bytes(graph.Nodes[node.Inputs[i]]));
        return
        [
            .. graph.Nodes.Select<Node, (int, long)[]>(node =>
                OpMemory.Of(node.Op).Kept switch
                {
                    KeptValues.Input => [Value(node.Inputs[0])],
                    KeptValues.Output => [Value(node.Id)],
                    KeptValues.InputAndPositions => [Value(node.Inputs[0]), Hidden(node, PositionBytes)],
                    KeptValues.BothInputs => [Value(node.Inputs[0]), Value(node.Inputs[1])],
                    KeptValues.Factors => [Factor(node, 0), Factor(node, 1)],
                    KeptValues.Mask => [Hidden(node, FloatBytes)],
                    KeptValues.Nothing => [],
                    _ => throw node.Op.NotKnownTo(nameof(ActivationMemory)),
                }
            ),
        ];
    }

    private static long Count(Node node) => node.Shape.Aggregate(1L, (a, b) => a * b);

    private static long Bytes(Node node) => FloatBytes * Count(node);
}
