using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Api.Http;

/// <summary>What Api is told by its surroundings.</summary>
public sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary><c>GPUGEEK_PUBLIC_URL</c>: what links and printed snippets say, without a slash at the end.</summary>
    [Required(ErrorMessage = "GPUGEEK_PUBLIC_URL is not set: the address people reach the front door at, such as http://127.0.0.1:8080.")]
    public string PublicUrl { get; set; } = "";

    /// <summary><c>GPUGEEK_FRONT_SECRET</c>: only beside it is the client's address believed. Null: no front door.</summary>
    public string? FrontSecret { get; set; }

    /// <summary><c>GPUGEEK_PREDICTOR_SOCKET</c>: path of Predictor's Unix socket.</summary>
    [Required(ErrorMessage = "GPUGEEK_PREDICTOR_SOCKET is not set: the path of Predictor's Unix socket.")]
    public string PredictorSocket { get; set; } = "";

    /// <summary><c>GPUGEEK_PREDICTOR_PATIENCE</c>: seconds a picture waits for a predictor that is being restarted, before it is answered
    /// 503.</summary>
    [Range(0, 60, ErrorMessage = "GPUGEEK_PREDICTOR_PATIENCE takes 0 to 60 seconds.")]
    public double PredictorPatience { get; set; } = 10;

    /// <summary><c>GPUGEEK_REGISTRATION</c>: <c>open</c> lets anybody register; else only the setup link does.</summary>
    public bool RegistrationOpen { get; set; }

    /// <summary>Whether a person who is registered may found another organisation.</summary>
    public bool MayFound(bool isOperator) => RegistrationOpen || isOperator;
}
