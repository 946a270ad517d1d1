using System.Text.Json.Serialization;
using GpuGeek.Api.Http.Auth;
using Microsoft.Net.Http.Headers;

namespace GpuGeek.Api.Http;

internal static class HostSetup
{
    /// <summary>Most JSON bodies are small; routes that accept files raise this limit.</summary>
    private const long MaxBodyBytes = 256 << 10;

    public static void AddApiOptions(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        builder
            .Services.AddOptions<ApiOptions>()
            .Configure(o =>
            {
                o.PublicUrl = (configuration["GPUGEEK_PUBLIC_URL"] ?? "").TrimEnd('/');
                o.FrontSecret = configuration["GPUGEEK_FRONT_SECRET"];
                o.Predictors = configuration["GPUGEEK_PREDICTORS"] ?? "";
                o.PredictorToken = configuration["GPUGEEK_PREDICTOR_TOKEN"] ?? "";
                o.PredictorPatience = configuration.GetValue("GPUGEEK_PREDICTOR_PATIENCE", o.PredictorPatience);
                o.UploadHours = configuration.GetValue("GPUGEEK_UPLOAD_HOURS", o.UploadHours);
                o.RegistrationOpen = string.Equals(configuration["GPUGEEK_REGISTRATION"], "open", StringComparison.OrdinalIgnoreCase);
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder
            .Services.AddOptions<SessionLifetime>()
            .Configure(o =>
            {
                o.IdleDays = configuration.GetValue("GPUGEEK_SESSION_IDLE_DAYS", o.IdleDays);
                o.Days = configuration.GetValue("GPUGEEK_SESSION_DAYS", o.Days);
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        // Request lines can contain the hub's token. Everything relevant is logged by our own code.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.AddServerHeader = false;
        });
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.MaxDepth = 32;
            json.SerializerOptions.Converters.Add(new UtcJson());
        });
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    /// <summary>Every response has a request id, so that people can report it and operators can search the logs for it.</summary>
    public static void UseRequestIds(this WebApplication app) =>
        app.Use(
            async (context, next) =>
            {
                context.Response.Headers["X-Request-Id"] = context.TraceIdentifier;
                context.Response.Headers.XContentTypeOptions = "nosniff";
                // Reading JSON would throw, and the error would look like a server error.
                if (
                    context.Request.ContentType is { } type
                    && MediaTypeHeaderValue.TryParse(type, out var media)
                    && media.Charset.HasValue
                    && media.Encoding is null
                )
                    await Problems
                        .Of(
                            415,
                            "unsupported_media_type",
                            "Unknown charset",
                            "The charset in the request's content type is unknown.",
                            "Send UTF-8."
                        )
                        .ExecuteAsync(context);
                else
                    await next(context);
            }
        );
}
