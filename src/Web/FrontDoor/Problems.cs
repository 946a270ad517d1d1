using System.Diagnostics;
using GpuGeek.Contracts.Client;

namespace GpuGeek.Web.FrontDoor;

/// <summary>Problems of the front door itself, in the format of the API.</summary>
internal static class Problems
{
    public static Task UnreachableAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        return WriteAsync(
            context,
            StatusCodes.Status503ServiceUnavailable,
            "api_unreachable",
            "The server is not answering.",
            "The web server runs, but the API does not answer: it is starting, or it was stopped.",
            "Try again in a few seconds. Running trainings continue."
        );
    }

    public static Task WriteAsync(HttpContext context, int status, string code, string title, string detail, string hint)
    {
        context.Response.StatusCode = status;
        var problem = new ApiProblem(
            $"urn:gpugeek:{code}",
            title,
            status,
            detail,
            code,
            hint,
            Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
            null
        );
        return context.Response.WriteAsJsonAsync(problem, GpuGeekClient.Json, "application/problem+json", context.RequestAborted);
    }
}
