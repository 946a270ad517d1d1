namespace GpuGeek.Inference;

/// <summary>A file is not a supported model.</summary>
public sealed class ModelRefusedException(string code, string detail) : Exception(detail)
{
    /// <summary><c>model_damaged</c>, <c>model_external_data</c>, <c>model_custom_operator</c>, <c>model_too_new</c>,
    /// <c>model_too_large</c>, <c>model_shape</c> or <c>model_hash</c>.</summary>
    public string Code { get; } = code;
}
