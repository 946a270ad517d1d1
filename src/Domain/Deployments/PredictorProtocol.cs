namespace GpuGeek.Domain.Deployments;

/// <summary>
/// The protocol between Api and Predictor over HTTP/1.1, on a Unix socket or a port. Predictor identifies deployments only by a key that
/// Api chooses, keeps everything in memory and starts empty: Api reads <see cref="Loaded"/> and loads what is missing. On a port, every
/// request except <see cref="Health"/> needs <c>Authorization: Bearer</c> with the token that both are given.
/// </summary>
public static class PredictorRoutes
{
    /// <summary>GET → <see cref="PredictorState"/>.</summary>
    public const string Loaded = "/loaded";

    /// <summary>PUT multipart/form-data with parts <c>manifest</c> (model.json) and <c>onnx</c> (the file's bytes) → 204, or a <see
    /// cref="PredictorProblem"/>: then the previous version stays live. DELETE → 204 after the requests in flight.</summary>
    public const string Deployment = "/deployments/{key}";

    /// <summary>POST, body: the picture's bytes → <see cref="PredictorAnswer"/> with all classes. 404 not loaded, 422 not a picture,
    /// 429/503 with Retry-After if the queue is full or the wait too long.</summary>
    public const string Predict = "/deployments/{key}/predict";

    /// <summary>Request header of a prediction: how many of the organisation's predictions this process may have at the same time. One more
    /// gets 429 <see cref="TooMany"/> before its picture is read.</summary>
    public const string Limit = "X-GpuGeek-Limit";
    public const string TooMany = "too_many_predictions";

    /// <summary>POST multipart/form-data with a part <c>order</c> (<see cref="AugmentationOrder"/>) and 1 to 4 files <c>picture</c> → <see
    /// cref="AugmentedPictures"/>. 422 not a picture, 429 with Retry-After if the organisation has too many under way. It needs no
    /// model.</summary>
    public const string Augment = "/organisations/{organisation}/augment";
    public const string TooManyPreviews = "too_many_previews";

    /// <summary>GET → <see cref="PredictorHealth"/>.</summary>
    public const string Health = "/healthz";
}

/// <param name="BootId">New at every start: if it changes, everything must be loaded again.</param>
public sealed record PredictorHealth(string Status, Guid BootId);

public sealed record PredictorState(LoadedDeployment[] Deployments);

/// <param name="OnnxHash"><c>sha256:hex</c> of the ONNX file in service.</param>
public sealed record LoadedDeployment(string Key, string OnnxHash);

/// <param name="Probabilities">Calibrated with the temperature, in the order of the manifest's classes.</param>
public sealed record PredictorAnswer(
    string Model,
    int Version,
    string OnnxHash,
    string[] Classes,
    float[] Probabilities,
    double DecodeMs,
    double QueueMs,
    double InferMs
);

/// <summary>Body of every response that is not 2xx.</summary>
/// <param name="Code"><c>not_loaded</c>, <c>unsupported_image</c>, <c>image_too_large</c>, <c>image_damaged</c>, <c>queue_full</c>,
/// <c>queue_timeout</c>, <c>too_many_predictions</c>, <c>too_many_previews</c>, <c>malformed_request</c>, <c>model_refused</c>.</param>
public sealed record PredictorProblem(string Code, string Detail, string? Hint = null)
{
    /// <summary>The 429 of an organisation that has <paramref name="limit"/> predictions under way already.</summary>
    public static PredictorProblem TooMany(int limit) =>
        new(
            PredictorRoutes.TooMany,
            $"The organisation's plan allows at most {limit} predictions at the same time.",
            "Send fewer pictures at a time, or ask the operator for a higher limit."
        );
}
