using System.Runtime.InteropServices;
using System.Text;
using GpuGeek.Domain.Common.Formats;

namespace GpuGeek.Training.Weights;

/// <summary>
/// Reads the initialisers of an ONNX file written by GpuGeek: float32 in <c>raw_data</c>, nothing outside the file. The network in it is
/// ignored; its batch norms were folded at the export, which <see cref="FoldedWeights"/> undoes. Field numbers are those of the public
/// onnx.proto3.
/// </summary>
internal static class OnnxInitialisers
{
    private const int ProducerName = 2,
        Graph = 7,
        Initializer = 5,
        Float = 1,
        MaxTensors = 20_000;

    /// <exception cref="WeightsException">The file is invalid.</exception>
    public static WeightsFile Read(FileStream file)
    {
        if (file.Length > Array.MaxLength)
            throw WeightsException.Unsupported("an ONNX file larger than 2 GB");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var tensors = new Dictionary<string, LoadedTensor>(StringComparer.Ordinal);
        var ours = false;
        var budget = new NumberBudget(file.Length);
        var model = new ProtobufReader(bytes);
        while (model.Next())
        {
            if (model.Field == ProducerName)
                ours = model.Bytes.SequenceEqual("GpuGeek"u8);
            else if (model.Field == Graph && ours)
                Collect(model.Bytes, tensors, budget);
        }
        if (!ours)
            throw WeightsException.Unsupported("an ONNX file of another program, whose names and folding are not supported");
        return tensors.Count > 0
            ? new WeightsFile(WeightsFormats.Onnx, tensors, ["float32"])
            : throw WeightsException.Unsupported("an ONNX file without initialisers");
    }

    private static void Collect(ReadOnlySpan<byte> bytes, Dictionary<string, LoadedTensor> tensors, NumberBudget budget)
    {
        var graph = new ProtobufReader(bytes);
        while (graph.Next())
        {
            if (graph.Field != Initializer)
                continue;
            var (name, tensor) = Tensor(graph.Bytes, budget);
            if (!tensors.TryAdd(name, tensor))
                throw WeightsException.Refused("it names an initialiser twice");
            if (tensors.Count > MaxTensors)
                throw WeightsException.Refused("it has far too many tensors");
        }
    }

    private static (string Name, LoadedTensor Tensor) Tensor(ReadOnlySpan<byte> bytes, NumberBudget budget)
    {
        var name = "";
        var shape = new List<long>();
        ReadOnlySpan<byte> raw = default;
        ulong type = 0;
        var tensor = new ProtobufReader(bytes);
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 1:
                    Sides(tensor, shape);
                    break;
                case 2:
                    type = tensor.Number;
                    break;
                case 8:
                    name =
                        tensor.Bytes.Length <= 4096
                            ? Encoding.UTF8.GetString(tensor.Bytes)
                            : throw WeightsException.Refused("a name in it is far too long");
                    break;
                case 9:
                    raw = tensor.Bytes;
                    break;
                case 13 or 14:
                    throw WeightsException.Refused("it stores data outside the file");
            }
        }
        if (type != Float)
            throw WeightsException.Unsupported("an ONNX file with data types other than float32");
        long[] sides = [.. shape];
        var values = new float[budget.Take(sides, name)];
        if (raw.Length != (long)values.Length * sizeof(float))
            throw WeightsException.Unreadable($"the size of '{name}' does not match its data");
        MemoryMarshal.Cast<byte, float>(raw).CopyTo(values);
        return values.AsSpan().HasNonFinite() ? throw WeightsException.NotFinite(name) : (name, new LoadedTensor(sides, values));
    }

    /// <summary>One number, or several packed.</summary>
    private static void Sides(ProtobufReader field, List<long> shape)
    {
        if (!field.IsDelimited)
            shape.Add((long)field.Number);
        var packed = new ProtobufReader(field.Bytes);
        while (!packed.AtEnd && shape.Count <= 8)
            shape.Add((long)packed.ReadVarint());
        if (shape.Count > 8)
            throw WeightsException.Unreadable("a tensor in it has more than eight dimensions");
    }
}
