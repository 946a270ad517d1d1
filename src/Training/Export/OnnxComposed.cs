using GpuGeek.Training.Export.Wire;
using GpuGeek.Training.Graphs;
using static GpuGeek.Training.Export.OnnxNodes;

namespace GpuGeek.Training.Export;

/// <summary>Operations that need several nodes in ONNX's operator set 18.</summary>
internal static class OnnxComposed
{
    public static IEnumerable<NodeProto> ScaleAndShift(FoldedNode node, string[] inputs, string output) =>
        [
            Make("Mul", node.Path + "/scale", [inputs[0], inputs[1]], output + "/scaled"),
            Make("Add", node.Path, [output + "/scaled", inputs[2]], output),
        ];

    public static IEnumerable<NodeProto> LinearOfRows(FoldedNode node, string[] inputs, string output)
    {
        yield return Make("Transpose", node.Path + "/transpose", [inputs[1]], output + "/weight", Ints("perm", 1, 0));
        var product = inputs.Length == 2 ? output : output + "/product";
        yield return Make("MatMul", node.Path, [inputs[0], output + "/weight"], product);
        if (inputs.Length == 3)
            yield return Make("Add", node.Path + "/bias", [product, inputs[2]], output);
    }

    /// <summary>0.5 · x · (1 + erf(x / √2)).</summary>
    public static IEnumerable<NodeProto> Gelu(FoldedNode node, string x, string output) =>
        [
            Floats(output + "/root", [], [(float)Math.Sqrt(0.5)]),
            Floats(output + "/one", [], [1]),
            Floats(output + "/half", [], [0.5f]),
            Make("Mul", node.Path + "/root", [x, output + "/root"], output + "/t"),
            Make("Erf", node.Path + "/erf", [output + "/t"], output + "/erf"),
            Make("Add", node.Path + "/add", [output + "/erf", output + "/one"], output + "/sum"),
            Make("Mul", node.Path + "/x", [x, output + "/sum"], output + "/double"),
            Make("Mul", node.Path, [output + "/double", output + "/half"], output),
        ];

    public static IEnumerable<NodeProto> Slice(string path, string x, string output, long[] starts, long[] ends, long[] axes) =>
        [
            Whole(output + "/starts", starts[0], starts[1..]),
            Whole(output + "/ends", ends[0], ends[1..]),
            Whole(output + "/axes", axes[0], axes[1..]),
            Make("Slice", path, [x, output + "/starts", output + "/ends", output + "/axes"], output),
        ];

    /// <summary>Moves the last rows to the front, then the last columns.</summary>
    public static IEnumerable<NodeProto> Roll(FoldedNode node, Roll roll, string x, string output) =>
        [
            .. RollAxis(node.Path + "/down", x, output + "/down", 1, node.Shape[0], roll.Down),
            .. RollAxis(node.Path + "/right", output + "/down", output, 2, node.Shape[1], roll.Right),
        ];

    /// <summary>torch's windows: from ⌊i·n/side⌋ to ⌈(i+1)·n/side⌉, as a product with a matrix from each side.</summary>
    public static IEnumerable<NodeProto> EvenWindows(FoldedNode node, AdaptiveAveragePool pool, string[] inputs, string output)
    {
        var (height, width) = (node.From[1], node.From[2]);
        return
        [
            Floats(output + "/rows", [pool.Side, height], Windows(pool.Side, (int)height)),
            Floats(output + "/columns", [pool.Side, width], Windows(pool.Side, (int)width)),
            Make("Transpose", node.Path + "/transpose", [output + "/columns"], output + "/turned", Ints("perm", 1, 0)),
            Make("MatMul", node.Path + "/rows", [output + "/rows", inputs[0]], output + "/half"),
            Make("MatMul", node.Path, [output + "/half", output + "/turned"], output),
        ];
    }

    /// <summary>The token is repeated for each picture; the batch size is read from the input's shape.</summary>
    public static IEnumerable<NodeProto> Prepend(FoldedNode node, ClassToken token, string[] inputs, string output) =>
        [
            Make("Shape", node.Path + "/batch", [inputs[0]], output + "/batch", Int("start", 0), Int("end", 1)),
            Whole(output + "/rest", 1, token.Width),
            Make("Concat", node.Path + "/shape", [output + "/batch", output + "/rest"], output + "/shape", Int("axis", 0)),
            Make("Expand", node.Path + "/expand", [inputs[1], output + "/shape"], output + "/tokens"),
            Make("Concat", node.Path, [output + "/tokens", inputs[0]], output, Int("axis", 1)),
        ];

    private static IEnumerable<NodeProto> RollAxis(string path, string x, string output, int axis, long side, int shift)
    {
        var cut = ((-shift % side) + side) % side;
        return
        [
            .. Slice(path + "/end", x, output + "/end", [cut], [side], [axis]),
            .. Slice(path + "/begin", x, output + "/begin", [0], [cut], [axis]),
            Make("Concat", path, [output + "/end", output + "/begin"], output, Int("axis", axis)),
        ];
    }

    private static float[] Windows(int side, int length)
    {
        var matrix = new float[side * length];
        for (var i = 0; i < side; i++)
        {
            int from = i * length / side,
                to = ((i + 1) * length + side - 1) / side;
            for (var k = from; k < to; k++)
                matrix[i * length + k] = 1f / (to - from);
        }
        return matrix;
    }
}
