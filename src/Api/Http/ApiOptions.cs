using System.ComponentModel.DataAnnotations;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deployments;

namespace GpuGeek.Api.Http;

/// <summary>Options of the Api process.</summary>
public sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary><c>GPUGEEK_PUBLIC_URL</c>: address used in links and printed snippets, without a trailing slash.</summary>
    [Required(ErrorMessage = "GPUGEEK_PUBLIC_URL is not set: it is the public address of the installation, such as http://127.0.0.1:8080.")]
    public string PublicUrl { get; set; } = "";

    /// <summary><c>GPUGEEK_FRONT_SECRET</c>: a forwarded client address is trusted only with this secret. Null: no front door.</summary>
    public string? FrontSecret { get; set; }

    /// <summary><c>GPUGEEK_PREDICTORS</c>: addresses of all predictors, separated by commas. Every Api has the same list.</summary>
    [Required(
        ErrorMessage = "GPUGEEK_PREDICTORS is not set: it is the path of a predictor's Unix socket, or http://host:port, or several."
    )]
    [CustomValidation(typeof(ApiOptions), nameof(CheckPredictors))]
    public string Predictors { get; set; } = "";

    /// <summary><c>GPUGEEK_PREDICTOR_TOKEN</c>: what a predictor at a port demands.</summary>
    public string PredictorToken { get; set; } = "";

    /// <summary><c>GPUGEEK_PREDICTOR_PATIENCE</c>: seconds that a picture waits for a restarting predictor before the response is
    /// 503.</summary>
    [Range(0, 60, ErrorMessage = "GPUGEEK_PREDICTOR_PATIENCE must be 0 to 60 seconds.")]
    public double PredictorPatience { get; set; } = 10;

    /// <summary><c>GPUGEEK_UPLOAD_HOURS</c>: hours without new bytes after which the worker ends an upload.</summary>
    [Range(1, 24 * 365, ErrorMessage = "GPUGEEK_UPLOAD_HOURS must be a number from 1 to 8760.")]
    public int UploadHours { get; set; } = Upload.HoursKept;

    /// <summary><c>GPUGEEK_REGISTRATION</c>: with <c>open</c> anyone can register; otherwise only the setup link can.</summary>
    public bool RegistrationOpen { get; set; }

    public static ValidationResult? CheckPredictors(string predictors) =>
        predictors.Length == 0 || PredictorAddress.ParseList(predictors) is not null
            ? ValidationResult.Success
            : new(
                $"GPUGEEK_PREDICTORS is '{predictors}': it must be paths of Unix sockets or addresses such as http://10.0.0.5:5300, "
                    + "separated by commas."
            );

    /// <summary>Whether a registered person can create another organisation.</summary>
    public bool MayFound(bool isOperator) => RegistrationOpen || isOperator;
}
