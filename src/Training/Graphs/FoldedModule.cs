namespace GpuGeek.Training.Graphs;

/// <summary>A network that only puts out, with its batch norms folded into the convolutions before them: one pass over each value less.
/// Not for training: it has no norms to learn.</summary>
internal static class FoldedModule
{
    /// <returns>Null: something of the network cannot be folded. The caller disposes it.</returns>
    public static GraphModule? Of(GraphModule module)
    {
        if (module.Graph.Nodes.Any(node => OpServing.Of(node.Op) == Served.Expanded))
            return null;
        var folded = FoldedGraph.From(module);
        if (folded.Nodes.Any(node => node.Op is BatchNorm))
            return null;
        Node[] nodes = [.. folded.Nodes.Select((node, id) => new Node(id, node.Path, node.Op, node.Inputs, node.Shape, Group: 0))];
        var result = new GraphModule(
            new Graph(nodes, folded.Output, module.Graph.ClassifierPath, declaredOrder: null),
            module.Device,
            module.Type
        );
        foreach (var tensor in folded.Nodes.SelectMany(node => node.Tensors))
            result.Write(tensor.Name, tensor.Values);
        return result;
    }
}
