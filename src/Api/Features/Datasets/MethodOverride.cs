namespace GpuGeek.Api.Features.Datasets;

/// <summary>tus asks for it: networks that let only GET and POST pass send the method in <c>X-HTTP-Method-Override</c>.</summary>
internal static class MethodOverride
{
    /// <summary>Before routing, which goes by the method.</summary>
    public static void UseUploadMethodOverride(this WebApplication app) =>
        app.UseWhen(
            http => http.Request.Path.Value!.Contains("/uploads/", StringComparison.Ordinal),
            uploads => uploads.UseHttpMethodOverride()
        );
}
