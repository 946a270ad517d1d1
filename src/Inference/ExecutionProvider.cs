namespace GpuGeek.Inference;

/// <summary>What runs the operators of a network: a part of ONNX Runtime.</summary>
public enum ExecutionProvider
{
    Cpu,

    /// <summary>An NVIDIA device.</summary>
    Cuda,

    /// <summary>An NVIDIA device with TensorRT; operators that it lacks run with CUDA.</summary>
    TensorRt,
}
