using Microsoft.ML.OnnxRuntime;

namespace GpuGeek.Inference;

/// <summary>An ONNX <c>core</c> network in ONNX Runtime: input <c>input</c> float N×3×S×S, output <c>logits</c> float N×classes.
/// Thread-safe.</summary>
public sealed class CoreSession : IDisposable
{
    public const string Input = "input";
    public const string Output = "logits";

    private static readonly string[] OutputNames = [Output];
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    /// <param name="threads">Threads inside one operator; two sessions that both use all cores would compete.</param>
    /// <exception cref="ModelRefusedException">The file is not a supported network.</exception>
    public CoreSession(byte[] onnx, int threads, ExecutionProvider provider = ExecutionProvider.Cpu)
    {
        OnnxInspector.Inspect(onnx);
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            // The arena would keep the memory of the largest batch permanently.
            EnableCpuMemArena = false,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        ExecutionProviders.AppendTo(options, provider);
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            // Loaded from bytes only, so that there is no path to which external data could be relative.
            _session = new(onnx, options);
        }
        catch (OnnxRuntimeException refused)
        {
            throw new ModelRefusedException("model_damaged", $"ONNX Runtime cannot load the model: {FirstLine(refused.Message)}");
        }
        try
        {
            (Side, Classes) = ReadShapes();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Side of the square input in pixels.</summary>
    public int Side { get; }
    public int Classes { get; }

    /// <param name="batch">count × 3 × Side × Side floats.</param>
    /// <returns>count × Classes floats.</returns>
    public float[] Logits(Memory<float> batch, int count)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            batch[..(count * 3 * Side * Side)],
            [count, 3, Side, Side]
        );
        using var outputs = _session.Run(_run, [Input], [input], OutputNames);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private (int Side, int Classes) ReadShapes()
    {
        if (
            _session.InputMetadata.Count != 1
            || !_session.InputMetadata.TryGetValue(Input, out var input)
            || input.ElementType != typeof(float)
            || input.Dimensions is not [-1, 3, > 0, > 0]
            || input.Dimensions[2] != input.Dimensions[3]
        )
            throw new ModelRefusedException(
                "model_shape",
                $"The model's input is not one float tensor '{Input}' of N x 3 x S x S with a free batch."
            );
        if (
            _session.OutputMetadata.Count != 1
            || !_session.OutputMetadata.TryGetValue(Output, out var output)
            || output.ElementType != typeof(float)
            || output.Dimensions is not [_, > 0]
        )
            throw new ModelRefusedException("model_shape", $"The model's output is not one float tensor '{Output}' of N x classes.");
        return (input.Dimensions[2], output.Dimensions[1]);
    }

    private static string FirstLine(string text) => text.Split('\n')[0];
}
