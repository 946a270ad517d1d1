using System.Text;
using GpuGeek.Domain.Common.Formats;

namespace GpuGeek.Inference;

/// <summary>
/// Checks an ONNX file before ONNX Runtime reads it and refuses what our own files never have: data outside the file, foreign operators,
/// subgraphs, newer opsets. Field numbers are those of onnx.proto (ModelProto: graph 7, opset_import 8; GraphProto: node 1, initializer
/// 5; NodeProto: domain 7, attribute 5; TensorProto: external_data 13, data_location 14).
/// </summary>
internal static class OnnxInspector
{
    private const int MaxOpset = 23;
    private const int MaxNodes = 100_000;

    /// <exception cref="ModelRefusedException"/>
    public static void Inspect(ReadOnlySpan<byte> model)
    {
        try
        {
            InspectModel(model);
        }
        catch (InvalidDataException)
        {
            throw Incomplete();
        }
    }

    private static void InspectModel(ReadOnlySpan<byte> model)
    {
        var reader = new ProtobufReader(model);
        var (graphs, opsets) = (0, 0);
        while (reader.Next())
        {
            if (reader.Field == 7)
                (graphs, _) = (graphs + 1, InspectGraph(reader.Bytes));
            else if (reader.Field == 8)
                (opsets, _) = (opsets + 1, InspectOpset(reader.Bytes));
            else if (reader.Field == 25)
                throw new ModelRefusedException("model_custom_operator", "The model defines functions of its own.");
        }
        if (graphs != 1 || opsets == 0)
            throw Incomplete();
    }

    private static bool InspectOpset(ReadOnlySpan<byte> opset)
    {
        var reader = new ProtobufReader(opset);
        while (reader.Next())
        {
            if (reader.Field == 1)
                RequireStandard(reader.Bytes);
            else if (reader.Field == 2 && reader.Number > MaxOpset)
                throw new ModelRefusedException(
                    "model_too_new",
                    $"The model needs opset {reader.Number}; this version supports up to {MaxOpset}."
                );
        }
        return true;
    }

    private static bool InspectGraph(ReadOnlySpan<byte> graph)
    {
        var reader = new ProtobufReader(graph);
        var nodes = 0;
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                if (++nodes > MaxNodes)
                    throw new ModelRefusedException("model_too_large", $"The model has more than {MaxNodes} nodes.");
                InspectNode(reader.Bytes);
            }
            else if (reader.Field == 5)
                InspectTensor(reader.Bytes);
            else if (reader.Field == 15)
                throw new ModelRefusedException("model_custom_operator", "The model has sparse initializers, which are not supported.");
        }
        return true;
    }

    private static void InspectNode(ReadOnlySpan<byte> node)
    {
        var reader = new ProtobufReader(node);
        while (reader.Next())
        {
            if (reader.Field == 7)
                RequireStandard(reader.Bytes);
            else if (reader.Field == 5)
                InspectAttribute(reader.Bytes);
        }
    }

    private static void InspectAttribute(ReadOnlySpan<byte> attribute)
    {
        var reader = new ProtobufReader(attribute);
        while (reader.Next())
        {
            if (reader.Field is 5 or 10)
                InspectTensor(reader.Bytes);
            else if (reader.Field is 6 or 11)
                throw new ModelRefusedException(
                    "model_custom_operator",
                    "The model has subgraphs (loops or branches), which are not supported."
                );
        }
    }

    private static void InspectTensor(ReadOnlySpan<byte> tensor)
    {
        var reader = new ProtobufReader(tensor);
        while (reader.Next())
            if (reader.Field == 13 || (reader.Field == 14 && reader.Number != 0))
                throw new ModelRefusedException("model_external_data", "The model stores data outside its file.");
    }

    private static void RequireStandard(ReadOnlySpan<byte> domain)
    {
        if (domain.Length > 0 && !domain.SequenceEqual("ai.onnx"u8))
            throw new ModelRefusedException(
                "model_custom_operator",
                $"The model uses operators of the domain '{Encoding.UTF8.GetString(domain)}'."
            );
    }

    private static ModelRefusedException Incomplete() => new("model_damaged", "The file is not a complete ONNX model.");
}
