using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Domain.Models;

namespace GpuGeek.Inference.Tests;

/// <summary>
/// Writes a small ONNX network byte by byte: the mean of each channel, then a linear layer. What it must answer can be computed by hand.
/// Field numbers are those of onnx.proto.
/// </summary>
internal sealed class TinyOnnx
{
    public int Side { get; init; } = 4;
    public string Input { get; init; } = "input";
    public string Domain { get; init; } = "";
    public int Opset { get; init; } = 18;
    public bool ExternalData { get; init; }

    /// <summary>classes × 3</summary>
    public float[] Weights { get; init; } = [1, 0, 0, 0, 1, 0, 0, 0, 1];

    public int Classes => Weights.Length / 3;

    public byte[] Build()
    {
        var graph = new List<byte>();
        Add(graph, 1, Node("GlobalAveragePool", [Input], "pooled"));
        Add(graph, 1, Node("Flatten", ["pooled"], "flat"));
        Add(graph, 1, Node("Gemm", ["flat", "w"], "logits", ("transB", 1)));
        Text(graph, 2, "tiny");
        Add(graph, 5, Tensor());
        Add(graph, 11, ValueInfo(Input, [-1, 3, Side, Side]));
        Add(graph, 12, ValueInfo("logits", [-1, Classes]));
        var model = new List<byte>();
        Varint(model, 1, 8);
        Add(model, 7, graph);
        var opset = new List<byte>();
        Varint(opset, 2, (ulong)Opset);
        Add(model, 8, opset);
        return [.. model];
    }

    public ModelManifest Manifest(byte[] onnx, string model = "tiny", int version = 1, double temperature = 1) =>
        new()
        {
            Model = model,
            Version = version,
            Architecture = "tiny",
            Classes = [.. Enumerable.Range(0, Classes).Select(i => $"class {i}")],
            Preprocessing = new(Side, Side, [0, 0, 0], [1, 1, 1]),
            Temperature = temperature,
            OnnxHash = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(onnx)),
        };

    /// <summary>A picture whose channels have these means.</summary>
    public float[] Picture(float r, float g, float b)
    {
        var pixels = new float[3 * Side * Side];
        pixels.AsSpan(0, Side * Side).Fill(r);
        pixels.AsSpan(Side * Side, Side * Side).Fill(g);
        pixels.AsSpan(2 * Side * Side).Fill(b);
        return pixels;
    }

    private List<byte> Node(string type, string[] inputs, string output, params (string Name, int Value)[] attributes)
    {
        var node = new List<byte>();
        foreach (var input in inputs)
            Text(node, 1, input);
        Text(node, 2, output);
        Text(node, 4, type);
        if (Domain.Length > 0)
            Text(node, 7, Domain);
        foreach (var (name, value) in attributes)
        {
            var attribute = new List<byte>();
            Text(attribute, 1, name);
            Varint(attribute, 3, (ulong)value);
            Varint(attribute, 20, 2);
            Add(node, 5, attribute);
        }
        return node;
    }

    private List<byte> Tensor()
    {
        var tensor = new List<byte>();
        Varint(tensor, 1, (ulong)Classes);
        Varint(tensor, 1, 3);
        Varint(tensor, 2, 1);
        Text(tensor, 8, "w");
        if (ExternalData)
        {
            var entry = new List<byte>();
            Text(entry, 1, "location");
            Text(entry, 2, "../../etc/passwd");
            Add(tensor, 13, entry);
            Varint(tensor, 14, 1);
            return tensor;
        }
        var raw = new byte[Weights.Length * 4];
        for (var i = 0; i < Weights.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * 4), Weights[i]);
        Add(tensor, 9, [.. raw]);
        return tensor;
    }

    private static List<byte> ValueInfo(string name, int[] dimensions)
    {
        var shape = new List<byte>();
        foreach (var size in dimensions)
        {
            var dimension = new List<byte>();
            if (size < 0)
                Text(dimension, 2, "batch");
            else
                Varint(dimension, 1, (ulong)size);
            Add(shape, 1, dimension);
        }
        var tensor = new List<byte>();
        Varint(tensor, 1, 1);
        Add(tensor, 2, shape);
        var type = new List<byte>();
        Add(type, 1, tensor);
        var info = new List<byte>();
        Text(info, 1, name);
        Add(info, 2, type);
        return info;
    }

    private static void Text(List<byte> to, int field, string text) => Add(to, field, [.. Encoding.UTF8.GetBytes(text)]);

    private static void Add(List<byte> to, int field, List<byte> bytes)
    {
        Raw(to, (ulong)(field << 3 | 2));
        Raw(to, (ulong)bytes.Count);
        to.AddRange(bytes);
    }

    private static void Varint(List<byte> to, int field, ulong value)
    {
        Raw(to, (ulong)(field << 3));
        Raw(to, value);
    }

    private static void Raw(List<byte> to, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            to.Add((byte)(value | 0x80));
        to.Add((byte)value);
    }
}
