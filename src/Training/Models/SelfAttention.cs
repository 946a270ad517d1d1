// Attention Is All You Need, Vaswani et al. 2017, arXiv:1706.03762.
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Models;

/// <summary>Transformer blocks, composed of basic operations.</summary>
internal static class SelfAttention
{
    /// <param name="x">windows·rows × 3·width: queries, keys and values side by side.</param>
    /// <param name="windows">Rows of one window attend only to each other.</param>
    /// <param name="scored">Added to the scores (windows × heads × rows × rows).</param>
    /// <returns>windows × rows × width.</returns>
    public static int Heads(GraphBuilder g, int x, long windows, long rows, int width, int heads, Func<int, int> scored)
    {
        var each = width / heads;
        x = g.Add("parts", new Reshape(windows, rows, 3, heads, each), x);
        x = g.Add("turned", new Transpose(2, 0, 3, 1, 4), x);
        int Part(string name, int index) =>
            g.Add(name, new Reshape(windows, heads, rows, each), g.Add(name + ".part", new Slice(index, 1), x));
        var query = g.Add("scaled", new Scale(1 / Math.Sqrt(each)), Part("query", 0));
        var key = g.Add("keys", new Transpose(0, 1, 3, 2), Part("key", 1));
        var scores = scored(g.Add("scores", new MatMul(), query, key));
        x = g.Add("mixed", new MatMul(), g.Add("softmax", new Softmax(), scores), Part("value", 2));
        x = g.Add("gathered", new Transpose(0, 2, 1, 3), x);
        return g.Add("joined", new Reshape(windows, rows, width), x);
    }

    /// <summary>The hidden layer is four times as wide.</summary>
    public static int Perceptron(GraphBuilder g, int x, int width)
    {
        x = g.Add("mlp.0", new Linear(width, 4 * width, LinearInit.Normal02), x);
        x = g.Add("mlp.1", new Activation(ActivationKind.Gelu), x);
        return g.Add("mlp.3", new Linear(4 * width, width, LinearInit.Normal02), x);
    }
}
