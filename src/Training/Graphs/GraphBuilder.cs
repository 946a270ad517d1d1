namespace GpuGeek.Training.Graphs;

/// <summary>Builds a <see cref="Graph"/> node by node; a node's path consists of the open scopes and its name.</summary>
internal sealed class GraphBuilder
{
    private readonly List<Node> _nodes = [];
    private readonly List<int> _declared = [];
    private string _scope = "";
    private int _group;

    public int Add(string name, Op op, params int[] inputs)
    {
        var path = _scope.Length == 0 ? name : $"{_scope}.{name}";
        var shape = Shapes.Of(op, [.. inputs.Select(i => _nodes[i].Shape)], path);
        _declared.Add(_nodes.Count);
        _nodes.Add(new Node(_nodes.Count, path, op, inputs, shape, _group));
        return _nodes.Count - 1;
    }

    public long[] Shape(int node) => _nodes[node].Shape;

    /// <summary>A position in the order of declaration, for <see cref="DeclareAt"/>.</summary>
    public int Declarations => _declared.Count;

    /// <summary>A node whose parameters torchvision declares before those of nodes that run earlier.</summary>
    public int DeclareAt(int place, int node)
    {
        _declared.Remove(node);
        _declared.Insert(place, node);
        return node;
    }

    public IDisposable Scope(string name)
    {
        var outer = _scope;
        _scope = outer.Length == 0 ? name : $"{outer}.{name}";
        return new Closing(() => _scope = outer);
    }

    /// <summary>The following nodes belong to the next layer group.</summary>
    public void NextGroup() => _group++;

    /// <param name="classifierPath">Path of the last linear layer.</param>
    /// <param name="declaredOrder">Paths in the order of declaration, if it differs from the order of execution.</param>
    public Graph Build(int output, string classifierPath, IReadOnlyList<string>? declaredOrder = null) =>
        new(
            _nodes,
            output,
            classifierPath,
            declaredOrder is null ? _declared : [.. declaredOrder.Select(path => _nodes.Single(n => n.Path == path).Id)]
        );

    private sealed class Closing(Action close) : IDisposable
    {
        public void Dispose() => close();
    }
}
