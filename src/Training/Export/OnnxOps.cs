using GpuGeek.Training.Export.Wire;
using GpuGeek.Training.Graphs;
using static GpuGeek.Training.Export.OnnxNodes;

namespace GpuGeek.Training.Export;

/// <summary>The ONNX back end: one arm per operation. Operations without an ONNX operator are composed in <see
/// cref="OnnxComposed"/>.</summary>
internal static class OnnxOps
{
    /// <param name="inputs">Names of the node's inputs, then of its parameters.</param>
    public static IEnumerable<NodeProto> Of(FoldedNode node, string[] inputs, string output) =>
        node.Op switch
        {
            Conv c =>
            [
                Make(
                    "Conv",
                    node.Path,
                    inputs,
                    output,
                    Ints("dilations", 1, 1),
                    Int("group", c.Groups),
                    Ints("kernel_shape", c.Kernel, c.Kernel),
                    Ints("pads", c.Padding, c.Padding, c.Padding, c.Padding),
                    Ints("strides", c.Stride, c.Stride)
                ),
            ],
            BatchNorm => OnnxComposed.ScaleAndShift(node, inputs, output),
            Activation a => Activate(a.Kind, node, inputs, output),
            MaxPool m =>
            [
                Make(
                    "MaxPool",
                    node.Path,
                    inputs,
                    output,
                    Ints("kernel_shape", m.Kernel, m.Kernel),
                    Ints("pads", m.Padding, m.Padding, m.Padding, m.Padding),
                    Ints("strides", m.Stride, m.Stride),
                    Int("ceil_mode", m.Ceiling ? 1 : 0)
                ),
            ],
            AveragePool a =>
            [
                Make(
                    "AveragePool",
                    node.Path,
                    inputs,
                    output,
                    Ints("kernel_shape", a.Kernel, a.Kernel),
                    Ints("strides", a.Kernel, a.Kernel)
                ),
            ],
            AdaptiveAveragePool { Side: 1 } => [Make("GlobalAveragePool", node.Path, inputs, output)],
            AdaptiveAveragePool a => OnnxComposed.EvenWindows(node, a, inputs, output),
            GlobalAveragePool =>
            [
                Make("GlobalAveragePool", node.Path, inputs, output + "/map"),
                Make("Flatten", node.Path + "/flatten", [output + "/map"], output, Int("axis", 1)),
            ],
            Add or AddParameter or RelativePositionBias => [Make("Add", node.Path, inputs, output)],
            Multiply or LayerScale => [Make("Mul", node.Path, inputs, output)],
            Scale t => [Floats(output + "/factor", [], [(float)t.Factor]), Make("Mul", node.Path, [inputs[0], output + "/factor"], output)],
            AddConstant c =>
            [
                Floats(output + "/constant", c.Shape, c.Values),
                Make("Add", node.Path, [inputs[0], output + "/constant"], output),
            ],
            Concat => [Make("Concat", node.Path, inputs, output, Int("axis", 1))],
            Slice s => OnnxComposed.Slice(node.Path, inputs[0], output, [s.Start], [s.Start + s.Length], [1]),
            Crop c => OnnxComposed.Slice(node.Path, inputs[0], output, [0, 0], [c.Height, c.Width], [1, 2]),
            // 0 keeps the batch dimension.
            Reshape r => [Whole(output + "/shape", 0, r.Shape), Make("Reshape", node.Path, [inputs[0], output + "/shape"], output)],
            Transpose t => [Make("Transpose", node.Path, inputs, output, Ints("perm", 0, [.. t.Order.Select(d => d + 1L)]))],
            MatMul => [Make("MatMul", node.Path, inputs, output)],
            Softmax => [Make("Softmax", node.Path, inputs, output, Int("axis", -1))],
            LayerNorm n => [Make("LayerNormalization", node.Path, inputs, output, Int("axis", -1), Float("epsilon", (float)n.Epsilon))],
            Pad p =>
            [
                Whole(output + "/pads", 0, [0, 0, 0, 0, p.Below, p.Right, 0]),
                Make("Pad", node.Path, [inputs[0], output + "/pads"], output),
            ],
            Roll r => OnnxComposed.Roll(node, r, inputs[0], output),
            ClassToken t => OnnxComposed.Prepend(node, t, inputs, output),
            Linear when node.Shape.Length == 1 => [Make("Gemm", node.Path, inputs, output, Int("transB", 1))],
            Linear => OnnxComposed.LinearOfRows(node, inputs, output),
            _ => throw node.Op.NotKnownTo(nameof(OnnxOps)),
        };

    private static IEnumerable<NodeProto> Activate(ActivationKind kind, FoldedNode node, string[] inputs, string output) =>
        kind switch
        {
            ActivationKind.Relu => [Make("Relu", node.Path, inputs, output)],
            ActivationKind.Relu6 => [Make("Clip", node.Path, [.. inputs, OnnxWriter.Zero, OnnxWriter.Six], output)],
            ActivationKind.HardSwish => [Make("HardSwish", node.Path, inputs, output)],
            ActivationKind.HardSigmoid => [Make("HardSigmoid", node.Path, inputs, output, Float("alpha", 1f / 6), Float("beta", 0.5f))],
            ActivationKind.Sigmoid => [Make("Sigmoid", node.Path, inputs, output)],
            ActivationKind.Silu =>
            [
                Make("Sigmoid", node.Path + "/sigmoid", inputs, output + "/sigmoid"),
                Make("Mul", node.Path, [inputs[0], output + "/sigmoid"], output),
            ],
            ActivationKind.Gelu => OnnxComposed.Gelu(node, inputs[0], output),
            _ => throw new NotSupportedException($"ONNX export does not support {kind}."),
        };
}
