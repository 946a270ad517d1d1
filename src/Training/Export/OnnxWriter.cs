using System.Runtime.InteropServices;
using Google.Protobuf;
using GpuGeek.Training.Export.Wire;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Export;

/// <summary>Writes <c>core.onnx</c>: input <c>input</c> (float32, batch×3×H×W, any batch), output <c>logits</c> (float32, batch×classes).
/// Equal networks give equal bytes.</summary>
internal static class OnnxWriter
{
    public const int Opset = 18;
    public const string InputName = "input",
        OutputName = "logits";
    internal const string Zero = "zero",
        Six = "six";
    private const int IrVersion = 8;

    /// <param name="metadata">Written into the file, for anyone who has only the file.</param>
    public static byte[] Write(FoldedGraph graph, IReadOnlyDictionary<string, string> metadata)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "GpuGeek",
            Graph = Graph(graph),
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model.ToByteArray();
    }

    private static GraphProto Graph(FoldedGraph graph)
    {
        var proto = new GraphProto { Name = "core" };
        if (graph.Nodes.Any(n => n.Op is Activation { Kind: ActivationKind.Relu6 }))
            proto.Initializer.Add([Tensor(Zero, [], [0]), Tensor(Six, [], [6])]);
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph.Nodes[i];
            if (node.Op is Input)
            {
                proto.Input.Add(Value(InputName, node.Shape));
                continue;
            }
            string[] inputs = [.. node.Inputs.Select(id => NameOf(graph, id)), .. Parameters(proto, node)];
            proto.Node.Add(OnnxOps.Of(node, inputs, NameOf(graph, i)));
        }
        proto.Output.Add(Value(OutputName, graph.Nodes[graph.Output].Shape));
        return proto;
    }

    private static IEnumerable<string> Parameters(GraphProto proto, FoldedNode node)
    {
        foreach (var tensor in node.Tensors)
        {
            proto.Initializer.Add(Tensor(tensor.Name, tensor.Shape, tensor.Values));
            yield return tensor.Name;
        }
    }

    private static string NameOf(FoldedGraph graph, int id) =>
        id == graph.Output ? OutputName
        : graph.Nodes[id].Op is Input ? InputName
        : graph.Nodes[id].Path + "/out";

    internal static TensorProto Tensor(string name, long[] shape, float[] values)
    {
        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)TensorProto.Types.DataType.Float,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)),
        };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    private static ValueInfoProto Value(string name, long[] shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        dimensions.Dim.Add(shape.Select(side => new TensorShapeProto.Types.Dimension { DimValue = side }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = dimensions },
            },
        };
    }
}
