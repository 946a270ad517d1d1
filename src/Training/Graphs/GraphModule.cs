using static TorchSharp.torch;

namespace GpuGeek.Training.Graphs;

/// <summary>
/// Executes a <see cref="Graph"/> with TorchSharp and owns its tensors. Trainable parameters are views into one flat vector, and their
/// gradients into another (<see cref="FlatLayout"/>). Not thread-safe.
/// </summary>
internal sealed class GraphModule : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Tensor> _constants = [];
    private readonly List<Tensor> _gradients = [];
    private readonly int[] _uses;
    private readonly ScalarType _type;

    /// <param name="device">Of all its tensors; inputs must be there too.</param>
    /// <param name="type">Data type of parameters and statistics; inputs must have the same.</param>
    public GraphModule(Graph graph, Device device, ScalarType type = ScalarType.Float32)
    {
        // Holds what only native code refers to for a moment: TorchSharp does not, and the finaliser would free it in the middle of a call.
        using var scope = NewDisposeScope();
        (Graph, Device, _type) = (graph, device, type);
        _uses = graph.UseCounts();
        HeadStart = graph.Nodes.First(node => node.Op is GlobalAveragePool || node == graph.Classifier).Id;
        Layout = new FlatLayout(graph);
        Flat = zeros(Layout.Length, dtype: type, device: device).DetachFromDisposeScope();
        FlatGradient = zeros(Layout.Length, dtype: type, device: device).DetachFromDisposeScope();
        foreach (var p in graph.Parameters.Where(p => p.Kind != ParameterKind.Index))
            _tensors[p.Name] = Allocate(p).DetachFromDisposeScope();
        foreach (var node in graph.Nodes)
            if (node.Op is RelativePositionBias r)
                _tensors[ParameterSpec.Of(node).Single(p => p.Kind == ParameterKind.Index).Name] = tensor(
                        WindowIndex.Of(r.Side),
                        device: device
                    )
                    .DetachFromDisposeScope();
            else if (node.Op is AddConstant c)
                _constants[node.Id] = tensor(c.Values, c.Shape, dtype: type, device: device).DetachFromDisposeScope();
    }

    public Graph Graph { get; }
    public Device Device { get; }

    /// <summary>Data type of the parameters, of the statistics and of the inputs.</summary>
    public ScalarType Type => _type;
    public FlatLayout Layout { get; }

    /// <summary>All trainable parameters. Written only while no gradients are recorded.</summary>
    public Tensor Flat { get; }
    public Tensor FlatGradient { get; }

    /// <summary>Called for each node when its value is computed and before its inputs are freed: for measurements.</summary>
    public Action<Node>? Watching { get; set; }

    public Tensor this[string name] => _tensors[name];

    /// <summary>Id of the first node that is float32 always: the mean over a picture, or the classifier.</summary>
    public int HeadStart { get; }

    /// <summary>The numbers that an <see cref="AddConstant"/> adds.</summary>
    public Tensor Constant(Node node) => _constants[node.Id];

    /// <summary>Runs the graph.</summary>
    /// <param name="input">N × the graph's input shape, float32; or that of <paramref name="from"/>.</param>
    /// <param name="until">Stop after this node and return its value; null runs to the output.</param>
    /// <param name="chance">What dropout and stochastic depth draw from; null: <see cref="Chance.Any"/>.</param>
    /// <param name="precision">Of the backbone; what follows it is float32, since a mean over a picture and its classes need more than 8
    /// bits.</param>
    /// <param name="from">The input is the value of this node, and no node behind it reads one from before it; null: of the graph.</param>
    /// <returns>The caller must dispose it.</returns>
    public Tensor Forward(
        Tensor input,
        ModePlan plan,
        Node? until = null,
        Chance? chance = null,
        Precision precision = Precision.Float32,
        Node? from = null
    )
    {
        using var casting = Autocast.Enter(Device, precision);
        var last = until?.Id ?? Graph.Output;
        var values = new Tensor?[Graph.Nodes.Count];
        var left = (int[])_uses.Clone();
        foreach (var node in Graph.Nodes.Skip(from?.Id ?? 0))
        {
            if (node.Id == HeadStart && casting is not null)
                LeaveLowPrecision(casting, node, values);
            values[node.Id] =
                node == from ? input.alias() : TorchOps.Run(node, i => values[node.Inputs[i]]!, input, this, plan, chance ?? Chance.Any);
            Watching?.Invoke(node);
            if (node.Id == last)
                break;
            foreach (var i in node.Inputs)
                if (--left[i] == 0)
                    Release(values, i);
        }
        var result = values[last]!;
        for (var i = 0; i < last; i++)
            Release(values, i);
        return result;
    }

    /// <summary>Whether every parameter and running statistic is a finite number. Waits for the device.</summary>
    public bool IsFinite()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        // The sum is finite only if all are: it is one pass without a mask as long as the numbers.
        return double.IsFinite(Flat.sum(ScalarType.Float64).item<double>())
            && Graph
                .Parameters.Where(p => p.Kind == ParameterKind.Buffer)
                .All(p => double.IsFinite(_tensors[p.Name].sum(ScalarType.Float64).item<double>()));
    }

    /// <summary>Returns which parameters are trainable under a plan.</summary>
    public void RequireGradients(ModePlan plan)
    {
        foreach (var node in Graph.Nodes)
        foreach (var p in ParameterSpec.Of(node).Where(p => p.IsLearnt))
            _tensors[p.Name].requires_grad = plan[node] == NodeMode.Train;
    }

    /// <summary>A copy of one tensor as plain floats, in the row-major order of its shape.</summary>
    public float[] Read(string name)
    {
        using var scope = NewDisposeScope();
        return [.. _tensors[name].detach().to(ScalarType.Float32).contiguous().cpu().data<float>()];
    }

    /// <param name="values">Row-major, one per element of the tensor.</param>
    public void Write(string name, float[] values)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var target = _tensors[name];
        target.copy_(tensor(values, target.shape, device: CPU).to(target.dtype));
    }

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values.Concat(_constants.Values).Concat(_gradients))
            tensor.Dispose();
        Flat.Dispose();
        FlatGradient.Dispose();
    }

    private void LeaveLowPrecision(Autocast casting, Node head, Tensor?[] values)
    {
        casting.Dispose();
        foreach (var i in head.Inputs)
        {
            var low = values[i]!;
            values[i] = low.to(_type);
            low.Dispose();
        }
    }

    private Tensor Allocate(ParameterSpec p)
    {
        if (p.Kind == ParameterKind.Counter)
            return zeros(p.Shape, dtype: ScalarType.Int64, device: Device);
        if (p.Kind == ParameterKind.Buffer)
            return p.Name.EndsWith("running_var", StringComparison.Ordinal)
                ? ones(p.Shape, dtype: _type, device: Device)
                : zeros(p.Shape, dtype: _type, device: Device);
        var offset = Layout.Offsets[p.Name];
        var parameter = Flat.as_strided(p.Shape, FlatLayout.Strides(p.Shape), offset).detach();
        parameter.requires_grad = true;
        // Autograd adds to an existing gradient: once set, all gradients go into one vector.
        var gradient = FlatGradient.as_strided(p.Shape, FlatLayout.Strides(p.Shape), offset).DetachFromDisposeScope();
        parameter.grad = gradient;
        _gradients.Add(gradient);
        return parameter;
    }

    private static void Release(Tensor?[] values, int id)
    {
        values[id]?.Dispose();
        values[id] = null;
    }
}
