using GpuGeek.Training.Export.Wire;
using GpuGeek.Training.Graphs;
using AttributeType = GpuGeek.Training.Export.Wire.AttributeProto.Types.AttributeType;

namespace GpuGeek.Training.Export;

/// <summary>The ONNX back end: one arm per operation.</summary>
internal static class OnnxOps
{
    /// <param name="inputs">Names of the node's values and then of its parameters.</param>
    public static IEnumerable<NodeProto> Of(FoldedNode node, string[] inputs, string output) => node.Op switch
    {
        Conv c =>
        [
            Make("Conv", node.Path, inputs, output, Ints("dilations", 1, 1), Int("group", c.Groups), Ints("kernel_shape", c.Kernel, c.Kernel),
                Ints("pads", c.Padding, c.Padding, c.Padding, c.Padding), Ints("strides", c.Stride, c.Stride)),
        ],
        Activation { Kind: ActivationKind.Relu } => [Make("Relu", node.Path, inputs, output)],
        Activation { Kind: ActivationKind.Relu6 } => [Make("Clip", node.Path, [.. inputs, OnnxWriter.Zero, OnnxWriter.Six], output)],
        MaxPool m =>
        [
            Make("MaxPool", node.Path, inputs, output, Ints("kernel_shape", m.Kernel, m.Kernel), Ints("pads", m.Padding, m.Padding, m.Padding, m.Padding), Ints("strides", m.Stride, m.Stride)),
        ],
        GlobalAveragePool =>
        [
            Make("GlobalAveragePool", node.Path, inputs, output + "/map"),
            Make("Flatten", node.Path + "/flatten", [output + "/map"], output, Int("axis", 1)),
        ],
        Add => [Make("Add", node.Path, inputs, output)],
        Linear => [Make("Gemm", node.Path, inputs, output, Int("transB", 1))],
        _ => throw new NotSupportedException($"ONNX export does not write {node.Op.GetType().Name} yet."),
    };

    private static NodeProto Make(string type, string name, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = name };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    private static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }
}
