using System.Runtime.InteropServices;
using Google.Protobuf;
using GpuGeek.Training.Export.Wire;
using AttributeType = GpuGeek.Training.Export.Wire.AttributeProto.Types.AttributeType;

namespace GpuGeek.Training.Export;

/// <summary>Creates nodes, attributes and constants of ONNX.</summary>
internal static class OnnxNodes
{
    public static NodeProto Make(string type, string name, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = name };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        return node;
    }

    public static AttributeProto Int(string name, long value) =>
        new()
        {
            Name = name,
            Type = AttributeType.Int,
            I = value,
        };

    public static AttributeProto Float(string name, float value) =>
        new()
        {
            Name = name,
            Type = AttributeType.Float,
            F = value,
        };

    public static AttributeProto Ints(string name, long first, params long[] rest)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeType.Ints };
        attribute.Ints.Add(first);
        attribute.Ints.AddRange(rest);
        return attribute;
    }

    /// <summary>A float constant.</summary>
    public static NodeProto Floats(string name, long[] shape, float[] values) => Constant(name, OnnxWriter.Tensor("", shape, values));

    /// <summary>A constant vector of int64: shapes, axes, padding.</summary>
    public static NodeProto Whole(string name, long first, params long[] rest)
    {
        long[] values = [first, .. rest];
        var tensor = new TensorProto
        {
            DataType = (int)TensorProto.Types.DataType.Int64,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(values)),
        };
        tensor.Dims.Add(values.Length);
        return Constant(name, tensor);
    }

    private static NodeProto Constant(string name, TensorProto value) =>
        Make(
            "Constant",
            name,
            [],
            name,
            new AttributeProto
            {
                Name = "value",
                Type = AttributeType.Tensor,
                T = value,
            }
        );
}
